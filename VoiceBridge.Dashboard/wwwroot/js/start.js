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
document.getElementById("components-reconnect-modal").addEventListener("components-reconnect-state-changed", event => {
  if (event.detail.state === "rejected") location.reload();
});
