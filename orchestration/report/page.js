// Draws every chart of the page. Colours are CSS variables, so light and dark follow the system without a redraw.
(() => {
  const page = document.documentElement;
  const { config, charts } = JSON.parse(document.getElementById("drawing").textContent);
  const options = { actions: false, renderer: "svg", config, tooltip: { disableDefaultStyle: true } };
  const drawn = Object.entries(charts).map(([id, spec]) => vegaEmbed(`#${id}`, spec, options));
  Promise.all(drawn).then(
    () => { page.dataset.drawn = drawn.length; },
    (error) => { page.dataset.broken = String(error); console.error(error); },
  );
  // A link to a table of the appendix opens it.
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
