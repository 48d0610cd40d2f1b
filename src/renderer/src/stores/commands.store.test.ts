import { describe, expect, it } from 'vitest'
import { keyLabel } from './commands.store'

describe('key labels', () => {
  it('shows keys as people read them', () => {
    expect(keyLabel('$mod+Shift+KeyP')).toBe('Ctrl+Shift+P')
    expect(keyLabel('Digit3')).toBe('3')
    expect(keyLabel('?')).toBe('?')
  })
})
