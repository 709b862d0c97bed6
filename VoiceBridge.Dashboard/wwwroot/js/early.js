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
  // Needs no server: it works before the page has come alive, and while it is cut off.
  document.addEventListener("click", event => {
    if (!event.target.closest?.("[data-toggle-theme]")) return;
    localStorage.setItem("vb-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  remember("vb-zone", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");

  // Needs no server either.
  document.addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 1500);
    } catch {
      // Not allowed here: the text beside the button can be selected.
    }
  });

  window.voiceBridge = {
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC",
    dialog: (element, open) => {
      if (open && !element.open) element.showModal();
      else if (!open && element.open) element.close();
    },
    // Keeps a growing list at its end, unless the reader has scrolled up.
    follow: element => {
      let atEnd = true;
      const toEnd = () => { if (atEnd) element.scrollTop = element.scrollHeight; };
      element.addEventListener("scroll", () => { atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 8; }, { passive: true });
      new MutationObserver(toEnd).observe(element, { childList: true, subtree: true, characterData: true });
      toEnd();
    },
  };
})();
