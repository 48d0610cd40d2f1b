import { describe, expect, it } from 'vitest'
import { userFolders } from './user-folders'

describe("a user's folders", () => {
  it('are in the home folder, or where the environment says', () => {
    expect(userFolders({}, '/home/me')).toEqual({
      workspace: '/home/me/GPT-NAS Workspace',
      cache: '/home/me/.cache/gpt-nas-workbench',
    })
    const env = { GPTNAS_WORKSPACE: '/w', GPTNAS_CACHE: '/c', XDG_CACHE_HOME: '/x' }
    expect(userFolders(env, '/home/me')).toEqual({ workspace: '/w', cache: '/c' })
    expect(userFolders({ XDG_CACHE_HOME: '/x' }, '/home/me').cache).toBe('/x/gpt-nas-workbench')
  })

  it('are never the current folder because a variable is empty', () => {
    const empty = { GPTNAS_WORKSPACE: '', GPTNAS_CACHE: '', XDG_CACHE_HOME: '' }
    expect(userFolders(empty, '/home/me')).toEqual(userFolders({}, '/home/me'))
  })
})
