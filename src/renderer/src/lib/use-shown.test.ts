import { mount } from '@vue/test-utils'
import { defineComponent, h, nextTick, provide, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import { onShown, shownKey, useRestWhileHidden, useShown } from './use-shown'

function kept(setup: () => () => string) {
  const isShown = ref(true)
  const child = defineComponent({ setup: () => setup() })
  const wrapper = mount(
    defineComponent({
      setup: () => {
        provide(shownKey, isShown)
        return () => h('div', h(child))
      },
    }),
  )
  return { wrapper, isShown }
}

describe('a component of a kept view', () => {
  it('that rests draws nothing while hidden, and once what changed meanwhile when it is shown again', async () => {
    const value = ref(1)
    let draws = 0
    const { wrapper, isShown } = kept(() => {
      useRestWhileHidden()
      return () => {
        draws++
        return String(value.value)
      }
    })
    isShown.value = false
    for (value.value = 2; value.value < 9; value.value++) await nextTick()
    expect({ text: wrapper.text(), draws }).toEqual({ text: '1', draws: 1 })
    isShown.value = true
    await nextTick()
    expect({ text: wrapper.text(), draws }).toEqual({ text: '9', draws: 2 })
    value.value = 10
    await nextTick()
    expect(wrapper.text()).toBe('10')
  })

  it('loads when it is built and each time it comes back', async () => {
    let loads = 0
    const { isShown } = kept(() => {
      onShown(() => loads++)
      return () => ''
    })
    expect(loads).toBe(1)
    isShown.value = false
    await nextTick()
    expect(loads).toBe(1)
    isShown.value = true
    await nextTick()
    expect(loads).toBe(2)
  })

  it('outside of any view counts as on show', () => {
    const wrapper = mount(defineComponent({ setup: () => () => String(useShown().value) }))
    expect(wrapper.text()).toBe('true')
  })
})
