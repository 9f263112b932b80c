// When an improvement fails (no network, an answer that is not for this place), do what the page does without it.
(function () {
  "use strict";
  function plainly(event) {
    var ctx = event.detail && event.detail.ctx;
    var from = ctx && ctx.sourceElement;
    var failed = event.type === "htmx:error" || (ctx && ctx.response && ctx.response.status !== 422);
    if (!from || !failed) return;
    if (from.matches("a[href]")) location.assign(from.href);
    else if (from.matches("form")) HTMLFormElement.prototype.submit.call(from);
  }
  document.addEventListener("htmx:response:error", plainly);
  document.addEventListener("htmx:error", plainly);
})();
