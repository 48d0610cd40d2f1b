// Moving between panes: only what is on show, only the innermost, and to where a pane begins.
import { afterEach, expect, it } from 'vitest'
import { focusNextPane } from './use-pane-focus'

afterEach(() => {
  document.body.innerHTML = ''
})
const focused = (): string | undefined => document.activeElement?.id

it('passes over hidden views and panes around panes, and lands where a pane begins', () => {
  document.body.innerHTML = `
    <div inert><section id="hidden" data-pane tabindex="-1"></section></div>
    <section id="outer" data-pane tabindex="-1">
      <section id="one" data-pane tabindex="-1"></section>
      <section id="two" data-pane tabindex="-1"><div id="start" data-pane-start tabindex="0"></div></section>
    </section>`
  const visited = [false, false, false, true].map((backwards) => {
    focusNextPane(backwards)
    return focused()
  })
  expect(visited).toEqual(['one', 'start', 'one', 'start'])
})
