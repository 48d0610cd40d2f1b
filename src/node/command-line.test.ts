// Advice names commands as they work where the program runs, and is written nowhere but with the helper.
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userFolders } from '@shared/runtime/user-folders'
import { adviseAbout, CHECKOUT_COMMAND, COMMAND_VARIABLE, typed } from './command-line'

afterEach(() => {
  vi.unstubAllEnvs()
  adviseAbout(userFolders(process.env, homedir()).workspace)
})

describe('a command in advice', () => {
  it('is that of an installed program, unless whoever started this one says how it is called', () => {
    expect(typed('export 1')).toBe('gpt-nas export 1')
    vi.stubEnv(COMMAND_VARIABLE, CHECKOUT_COMMAND)
    expect(typed('export 1')).toBe('npm run -s gpt-nas -- export 1')
  })

  it('names the workspace where it is not the one that is taken without a word', () => {
    vi.stubEnv('GPTNAS_WORKSPACE', '/data/one')
    adviseAbout('/data/one')
    expect(typed('search resume 3')).toBe('gpt-nas search resume 3')
    adviseAbout('/data/two')
    expect(typed('search resume 3')).toBe('gpt-nas search resume 3 --workspace /data/two')
    expect([typed('space sample'), typed('--help')]).toEqual(['gpt-nas space sample', 'gpt-nas --help'])
  })

  it.each(['/a b/c', "/it's", '/$HOME', '/a"b', '/back\\slash', '/plain'])(
    'comes out of a shell with the folder %s as it is',
    (folder) => {
      vi.stubEnv(COMMAND_VARIABLE, 'echo')
      adviseAbout(folder)
      const { stdout } = spawnSync('bash', ['-c', typed('doctor')], { encoding: 'utf8' })
      expect(stdout).toBe(`doctor --workspace ${folder}\n`)
    },
  )
})

/** The top commands of src/cli: what a sentence with a command begins with. */
const COMMANDS =
  'bench|check|cost|dataset|devices|diff|doctor|export|proposer|prove|search|space|train|workspace|zoo|--help'
const BY_HAND = new RegExp(`gpt-nas (${COMMANDS})\\b`)
/** The card of a checkpoint tells how it was made, on whatever machine it is read. */
const ALLOWED = [
  'cli/commands/proposer.ts',
  'cli/proposer-workbench.ts',
  'cli/proposer-chains.ts',
  'cli/proposer-in-context.ts',
  'engine/fine-tuning/card-command.ts',
]

/** An option of a command inside a sentence; set-up is typed in a checkout, whoever reads it. */
const OPTION = /[\s"'`(]--[a-z][a-z-]+/
const SHOWN = /^(shared|engine|compute|renderer)\//
const IS_TYPED =
  /commandLine|npm run setup|wsl --|docker run|mokutil|--for-testing|^engine\/machine\/nvidia-smi|^engine\/datasets\/import-again|^engine\/fine-tuning\/card-command/

describe('the sources', () => {
  it('name no option of a command in what a window shows', () => {
    const root = path.resolve(__dirname, '..')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => SHOWN.test(file) && /\.ts$/.test(file) && !/\.test\.ts$|(^|\/)testing\//.test(file),
    )
    expect(files.length).toBeGreaterThan(300)
    const found = files.flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => {
          const isComment = /^\s*(\/\/|\*|\/\*)/.test(line)
          const isStyle = /token\(['`]--|: root|--line:|var\(--/.test(line)
          const isOpen =
            OPTION.test(line) && !isComment && !isStyle && !IS_TYPED.test(`${file} ${line}`) && !IS_TYPED.test(file)
          return isOpen ? [`${file}:${i + 1}: ${line.trim()}`] : []
        }),
    )
    expect(found).toEqual([])
  })

  it('write no command by hand', () => {
    const root = path.resolve(__dirname, '..')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.(ts|vue)$/.test(file) && !/\.test\.ts$|(^|\/)testing\//.test(file) && !ALLOWED.includes(file),
    )
    expect(files.length).toBeGreaterThan(300)
    const found = files.flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) =>
          BY_HAND.test(line) && !/^\s*(\/\/|\*|\/\*|<!--)/.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
        ),
    )
    expect(found).toEqual([])
  })
})
