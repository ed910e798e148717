
printf '\nDone. Choose "Save and validate" in Oriel: it tries each permission and says what is still missing.\n'
