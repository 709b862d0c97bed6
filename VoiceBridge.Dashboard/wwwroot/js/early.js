// Runs before the first paint: the theme and the viewer's time zone. The server reads the cookies, so that its first
// rendering is already right on every visit but the very first.
(() => {
  const remember = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=31536000;samesite=lax` + (location.protocol === "https:" ? ";secure" : "");
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = localStorage.getItem("vb-theme") ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    remember("vb-theme", theme);
  };
  apply();
  system.addEventListener("change", apply);
  remember("vb-zone", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");

  window.voiceBridge = {
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC",
    toggleTheme: () => {
      localStorage.setItem("vb-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      apply();
      return document.documentElement.dataset.theme;
    },
    // Keeps a growing list at its end, unless the reader has scrolled up.
    follow: element => {
      if (element && element.scrollHeight - element.scrollTop - element.clientHeight < 120) element.scrollTop = element.scrollHeight;
    },
    copy: text => navigator.clipboard.writeText(text),
  };
})();
