// A menu over the page gets out of the way after a choice. That a tooltip lets clicks through is tests/styles.test.ts's.
import { Ellipsis } from '@lucide/vue'
import { afterEach, describe, expect, it } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { eventually, findById } from '@/testing/until'
import UiMenu from './UiMenu.vue'

let mounted: Mounted
afterEach(() => mounted?.wrapper.unmount())

const menu = (): Element | null => document.querySelector('[role="menu"]')

async function choose(props: Record<string, unknown>): Promise<void> {
  const items = ['one', 'two'].map((id) => ({ id, label: id, isChecked: id === 'one' }))
  mounted = mountWithEngine(
    UiMenu,
    {},
    { props: { items, label: 'Follows', icon: Ellipsis, testId: 'menu', ...props } },
  )
  const button = await findById('menu')
  button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  await eventually(() => expect(menu()).not.toBeNull())
  const item = [...document.querySelectorAll<HTMLElement>('[role="menuitemcheckbox"]')].at(1)
  item?.click()
}

describe('a menu of ticks', () => {
  it('closes when they are one choice', async () => {
    await choose({ isChoice: true })
    await eventually(() => expect(menu()).toBeNull())
  })

  it('stays for further ticks when they are not', async () => {
    await choose({})
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(menu()).not.toBeNull()
  })
})
