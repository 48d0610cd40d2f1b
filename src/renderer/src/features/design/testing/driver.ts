// Drives a mounted editor in tests: finds by test id, clicks, waits for what is shown a frame later, runs commands by name.
import { flushPromises, type DOMWrapper } from '@vue/test-utils'
import { useCommandsStore } from '@/stores/commands.store'
import DesignView from '../DesignView.vue'
import { designIds } from '../ids'
import { useEditorStore } from '../store/editor.store'
import type { OpenDesign } from '../store/open-design'
import { mountDesign, type MountedDesign } from './design-engine'

export let mounted: MountedDesign

export const find = (id: string): DOMWrapper<HTMLElement> => mounted.wrapper.find<HTMLElement>(`[data-testid="${id}"]`)

/** The design on show. */
export function active(): OpenDesign {
  const design = useEditorStore().active
  if (!design) throw new Error('no design is open')
  return design
}

/** Microtasks, then a frame for what is shown beside the document. */
export async function settle(): Promise<void> {
  await flushPromises()
  await new Promise((resolve) => requestAnimationFrame(resolve))
  await flushPromises()
}

export async function start(
  options: Parameters<typeof mountDesign>[1] = {},
  component: Parameters<typeof mountDesign>[0] = DesignView,
): Promise<void> {
  mounted = mountDesign(component, options)
  await settle()
}

export function stop(): void {
  mounted.wrapper.unmount()
  document.body.innerHTML = ''
}

export async function click(id: string): Promise<void> {
  await find(id).trigger('click')
  await settle()
}

/** Runs a command of the editor as its key or the palette would: not while it is disabled. */
export function command(name: string): void {
  const found = useCommandsStore().commands.find(({ id }) => id === `design-${name}`)
  if (found?.isEnabled?.() !== false) found?.run()
}

export const layerNames = (): string[] =>
  mounted.wrapper.findAll(`[data-testid="${designIds.outline}"] .title`).map((item) => item.text())
