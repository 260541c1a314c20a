// Niceties only: the page says everything without this.
(function () {
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    var found = id && document.getElementById(id);
    if (!found) return;
    if (found.tagName === "DETAILS") found.open = true;
    for (var box = found; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    found.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (box) { box.open = true; });
  });
  reveal();
})();
