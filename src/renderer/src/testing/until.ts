// Waiting in component tests: for something to become true, never for a number of milliseconds.
import { vi } from 'vitest'
import type { DOMWrapper, VueWrapper } from '@vue/test-utils'

/** Long enough for a loaded machine to load a view; a test that passes waits for none of it. */
const PATIENCE = { timeout: 10_000 }

/** Waits until `check` no longer throws, and gives what it returned. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, PATIENCE)
}

/** The element with a test id, in the component or wherever the library has moved it to; waits until it is there. */
export function findById(id: string): Promise<HTMLElement> {
  return eventually(() => {
    const element = document.querySelector<HTMLElement>(`[data-testid="${id}"]`)
    if (element === null) throw new Error(`nothing with the test id “${id}”`)
    return element
  })
}

/** Waits until the text of the wrapper contains `text`. */
export async function untilText(wrapper: VueWrapper | DOMWrapper<Element>, text: string): Promise<void> {
  await eventually(() => {
    if (!wrapper.text().includes(text)) throw new Error(`“${text}” is not in “${wrapper.text().slice(0, 2000)}”`)
  })
}

export async function clickById(id: string): Promise<void> {
  const element = await findById(id)
  element.click()
}

/** Chooses what begins with `label` in the selection list with that test id, by its keys. */
export async function chooseById(id: string, label: string): Promise<void> {
  const enter = (element: HTMLElement): boolean =>
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  enter(await findById(id))
  const option = await eventually(() => {
    const found = [...document.querySelectorAll<HTMLElement>('[role="option"]')].find(({ textContent }) =>
      textContent?.trim().startsWith(label),
    )
    if (found === undefined) throw new Error(`no option “${label}”`)
    return found
  })
  enter(option)
}
