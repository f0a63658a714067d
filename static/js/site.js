// Freeport: what scripts add. Every page works without this file; nothing here decides anything.
(() => {
  "use strict";

  // Menus close when attention leaves them.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A form that must be sent once (payment, publish) is not sent twice by an impatient thumb.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[type=submit]")) button.removeAttribute("aria-disabled");
    }
  });

  // Filters and quantities are sent as soon as they change.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  const enhance = (root) => {
    // On a wide screen the filters stand open.
    if (window.matchMedia("(min-width: 62em)").matches) {
      for (const filters of root.querySelectorAll("details[data-filters]")) filters.open = true;
    }
    // Minus and plus beside a quantity.
    for (const box of root.querySelectorAll("[data-quantity]:not([data-ready])")) {
      const input = box.querySelector("input");
      const label = box.querySelector("label");
      const button = (sign, step) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "quantity__step";
        made.textContent = sign;
        made.setAttribute("aria-label", `${label ? label.textContent : ""} ${sign}1`);
        made.addEventListener("click", () => {
          step < 0 ? input.stepDown() : input.stepUp();
          input.dispatchEvent(new Event("change", { bubbles: true }));
        });
        return made;
      };
      input.before(button("−", -1));
      input.after(button("+", 1));
      box.dataset.ready = "yes";
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    enhance(document);
    // A row of links that is wider than the phone shows where the reader is.
    for (const here of document.querySelectorAll(".side-nav [aria-current], .tabs [aria-current], .subnav [aria-current]")) {
      const track = here.closest("ul, .tabs");
      const [seen, all] = [here.getBoundingClientRect(), track.getBoundingClientRect()];
      track.scrollLeft += (seen.left + seen.right - all.left - all.right) / 2;
    }
    const wrong = document.querySelector("[data-focus]");
    if (wrong) wrong.focus();
  });
  document.addEventListener("htmx:load", (event) => enhance(event.target));

  // A thumbnail moves the pictures, not the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-gallery]");
    const slide = link && document.querySelector(link.hash);
    if (!slide) return;
    event.preventDefault();
    const track = slide.parentElement;
    track.scrollBy({ left: slide.getBoundingClientRect().left - track.getBoundingClientRect().left });
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print]");
    if (button) window.print();
  });
})();
