// The loss simulation. What is typed here stays here: the fields have no name, stand in no form, and are sent nowhere.
(function () {
  "use strict";
  var box = document.getElementById("simulateur");
  if (!box) return;
  var english = document.documentElement.lang === "en";
  var fields = Array.prototype.slice.call(box.querySelectorAll("input[data-sign]"));
  var out = function (name) { return document.getElementById("sim-" + name); };
  function format(digits) {
    var options = { style: "currency", currency: "EUR", minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(english ? "en-GB" : "fr-FR", options);
  }
  var whole = format(0), exact = format(2);

  // Cents, as whole numbers: 0 for an empty field, null for what is no amount.
  function cents(text) {
    var bare = text.replace(/[\s\u00a0\u202f€]/g, "");
    if (bare === "") return 0;
    if (english && /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(bare)) bare = bare.replace(/,/g, "");
    var found = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(bare);
    return found ? Number(found[1]) * 100 + Number(((found[2] || "") + "00").slice(0, 2)) : null;
  }
  // The narrow space is missing from our fonts.
  function euros(amount) {
    return (amount % 100 ? exact : whole).format(amount / 100).replace(/\u202f/g, "\u00a0").replace("-", "−");
  }

  function compute() {
    var worth = 0, wrong = false, any = false;
    fields.forEach(function (field) {
      var amount = cents(field.value), bad = amount === null;
      if (bad) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      document.getElementById(field.id + "-error").hidden = !bad;
      field.closest(".field").classList.toggle("bad", bad);
      any = any || field.value.trim() !== "";
      wrong = wrong || bad;
      if (!bad) worth += Number(field.dataset.sign) * amount;
    });
    var ready = any && !wrong, capacity = Math.max(0, Math.floor(worth / 10));
    var least = Number(out("threshold").dataset.least);
    out("net").textContent = ready ? euros(worth) : "–";
    out("capacity").textContent = ready ? euros(capacity) : "–";
    out("threshold").textContent = ready ? euros(Math.max(least, Math.floor(capacity / 2))) : "–";
    out("copy").disabled = !ready;
    return ready ? capacity : null;
  }
  function copy() {
    var capacity = compute(), result = document.getElementById("result");
    if (capacity === null) return;
    var rest = capacity % 100, mark = english ? "." : ",";
    result.value = Math.floor(capacity / 100) + (rest ? mark + ("0" + rest).slice(-2) : "");
    document.querySelector("input[name=share][value=yes]").checked = true;
    result.focus();
  }
  box.addEventListener("input", compute);
  out("copy").addEventListener("click", copy);
  box.hidden = false;
  document.getElementById("sans-calcul").hidden = true;
  compute();
})();
