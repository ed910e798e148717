// Loaded before the first paint, so that a chosen theme does not flash past the other one.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system's theme holds.
}
document.documentElement.dataset.script = "on";
