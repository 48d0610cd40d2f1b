// What the stylesheet promises and no component test can see: there is no layout there.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

it('a tooltip takes no clicks of what it covers, nor does the wrapper that places it', () => {
  const base = readFileSync(path.resolve(__dirname, '../src/renderer/src/styles/base.css'), 'utf8')
  const [, selectors = ''] = /([^{}]*)\{\s*pointer-events: none;\s*\}/.exec(base) ?? []
  expect(selectors).toContain('.ui-tooltip')
  expect(selectors).toContain('[data-reka-popper-content-wrapper]:has(> .ui-tooltip)')
})
