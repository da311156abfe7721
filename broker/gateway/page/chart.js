// Draws the rates of the last two minutes as lines on a canvas, whenever there is a new sample.

import { $, brief, make, write } from "./dom.js";

const most = 120;
const series = [
  { name: "delivered", title: "deliveries", isOn: true, dash: [] },
  { name: "clears", title: "clears", isOn: true, dash: [6, 3] },
  { name: "puts", title: "puts", isOn: false, dash: [2, 2] },
  { name: "events", title: "topic events", isOn: false, dash: [8, 2, 2, 2] },
];

/** The next number of the form 1, 2 or 5 followed by zeros, so that the scale rarely changes. */
export function niceCeiling(value) {
  if (value <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

export class Chart {
  #canvas = $("#chart");
  #samples = []; // rates; undefined if nothing was measured
  #values = new Map();

  constructor() {
    const buttons = series.map((line) => {
      const value = make("b", {}, "–");
      this.#values.set(line.name, value);
      const button = make("button", { type: "button", className: "line", dataset: { line: line.name } }, line.title, " ", value);
      button.setAttribute("aria-pressed", line.isOn);
      button.addEventListener("click", () => {
        line.isOn = !line.isOn;
        button.setAttribute("aria-pressed", line.isOn);
        this.draw();
      });
      return button;
    });
    $("#legend").replaceChildren(...buttons);
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  add(rates) {
    this.#samples.push(rates);
    if (this.#samples.length > most) this.#samples.shift();
    if (rates) for (const [name, value] of this.#values) write(value, brief(Math.round(rates[name])));
    this.draw();
  }

  draw() {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const lines = series.filter((line) => line.isOn);
    const highest = Math.max(0, ...this.#samples.flatMap((s) => (s ? lines.map((line) => s[line.name]) : [])));
    const top = niceCeiling(highest);
    const y = (value) => height - 18 - (value / top) * (height - 28);
    this.#drawGrid(pen, style, width, height, top, y);
    const step = width / (most - 1);
    for (const line of lines) this.#drawLine(pen, style.getPropertyValue(`--${line.name}`), line, width, step, y);
  }

  #drawGrid(pen, style, width, height, top, y) {
    pen.font = "11px system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.setLineDash([]);
    for (const part of [0, 0.5, 1]) {
      pen.strokeStyle = style.getPropertyValue("--rule");
      pen.beginPath();
      pen.moveTo(0, Math.round(y(top * part)) + 0.5);
      pen.lineTo(width, Math.round(y(top * part)) + 0.5);
      pen.stroke();
      pen.fillStyle = style.getPropertyValue("--faint");
      if (part > 0) pen.fillText(brief(top * part), 2, y(top * part) + 12);
    }
    pen.fillText("2 min ago", 2, height - 4);
    pen.fillText("now", width - 24, height - 4);
  }

  #drawLine(pen, colour, line, width, step, y) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.75;
    pen.setLineDash(line.dash);
    pen.beginPath();
    let isDrawing = false;
    this.#samples.forEach((sample, n) => {
      const x = width - (this.#samples.length - 1 - n) * step;
      if (sample && isDrawing) pen.lineTo(x, y(sample[line.name]));
      else if (sample) pen.moveTo(x, y(sample[line.name]));
      isDrawing = sample !== undefined;
    });
    pen.stroke();
  }
}
