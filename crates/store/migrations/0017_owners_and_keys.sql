-- An owner sees every tenant by being one. What is written down is what holds once somebody is an owner no more: nothing,
-- until another owner grants it.
UPDATE people SET all_tenants = FALSE WHERE role = 'owner';

-- A key changes people only if it was made for that.
ALTER TABLE keys ADD COLUMN manage_people BOOLEAN NOT NULL DEFAULT FALSE;
