// Tries to come back for as long as it takes, quickly at first; when the server has been restarted and no longer knows
// this page, the page is loaded anew.
Blazor.start({
  circuit: {
    reconnectionOptions: {
      maxRetries: 10000,
      retryIntervalMilliseconds: attempt => attempt < 3 ? 250 : attempt < 10 ? 1000 : 5000,
    },
  },
});
(() => {
  const root = document.documentElement;
  const isCut = () => "cut" in root.dataset;

  // Stale is stale: with the dashboard's own process away the page looks as it does with Redis away.
  document.getElementById("components-reconnect-modal").addEventListener("components-reconnect-state-changed", event => {
    const state = event.detail.state;
    if (state === "rejected") location.reload();
    if (state === "hide") {
      delete root.dataset.cut;
      return;
    }
    if (isCut()) return;
    const now = new Date().toTimeString().slice(0, 8);
    root.dataset.cut = now;
    const text = document.querySelector("[data-cut-text]");
    if (text) text.textContent = `Stale since ${now}: the dashboard itself does not answer. You see the state of ${now}; calls are not affected. The page comes back by itself.`;
  });

  // Nothing that is pressed meanwhile would be done, or known to be done.
  document.addEventListener("click", event => {
    if (isCut() && event.target.closest?.(".page button, dialog button[type=submit]")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
})();
