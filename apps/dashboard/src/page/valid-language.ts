// Chromium under LANG=C calls its language `en-US@posix`, which Intl refuses; uPlot asks Intl with it while it loads.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
