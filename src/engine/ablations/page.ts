// The frame of a report: one HTML file that needs nothing else. Its style, its tables and its escapes; what it says is report.ts's and
// paper-page.ts's.

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Text that stands for itself in markup. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one)

const STYLE = `
:root { color-scheme: light dark; --line: #8883; --card: #fff; }
body { max-width: 980px; margin: 32px auto; padding: 0 24px; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; } h2 { margin-top: 32px; font-size: 18px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 16px 0; padding: 12px; border-radius: 8px; background: var(--card); }
figure svg { display: block; max-width: 100%; height: auto; }
.cells { overflow-x: auto; font-size: 13px; }
.faint { opacity: .7; } pre { overflow: auto; padding: 12px; border: 1px solid var(--line); border-radius: 8px; font-size: 12px; }`

const row = (cells: readonly string[], tag: 'td' | 'th' = 'td'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
/** Cells are text, not markup. */
export const tableHtml = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead>${row(head.map(escaped), 'th')}</thead><tbody>${rows.map((cells) => row(cells.map(escaped))).join('')}</tbody></table>`

/** @param body markup */
export const pageHtml = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`
