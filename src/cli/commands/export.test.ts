// An export at the end of hours of work: what came of the work is told even where the export fails.
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import type { CommandContext } from '../command'
import { createOutput } from '../output'
import { exportAfter, tell } from './export'

it('that fails is preceded by what came of the work', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const refused = new AppError('conflict', 'The folder holds what this program did not write.')
  const client = { exports: { create: () => Promise.reject(refused) } } as unknown as CommandContext['client']
  const context = { client, output: createOutput(false, { stdout, stderr }) } as CommandContext
  await expect(exportAfter(context, 3, 'Run 1 is finished. Best: trial 3.')).rejects.toBe(refused)
  expect(String(stderr.read())).toBe('Run 1 is finished. Best: trial 3.\n')
  expect(stdout.read()).toBeNull()
})

it('that is written is told, also where its zip cannot be', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const full = new AppError('storage-failed', 'The disk is full.')
  const client = { exports: { bundle: () => Promise.reject(full) } } as unknown as CommandContext['client']
  const context = { client, output: createOutput(false, { stdout, stderr }) } as CommandContext
  const made = { format: 'svg', folder: '/exports/net', files: [], proof: null } as const
  await expect(tell(context, { ...made, files: [...made.files] }, true)).rejects.toBe(full)
  expect(String(stderr.read())).toContain('Exported 0 files (0 B) to /exports/net')
})
