import { describe, expect, it } from 'vitest'
import type { DoctorReport } from '../contract/runtime'
import { reportText, withoutPlaces } from './report-text'

const WORKSPACE = '/data/ada lovelace/thesis'
const report: DoctorReport = {
  ok: false,
  versions: { TensorFlow: '2.21.0' },
  devices: [{ name: 'NVIDIA A', kind: 'gpu', memoryBytes: 8, detail: 'device 0' }],
  cards: { smi: ['0: NVIDIA A, driver 550.1'], tensorflow: ['build for processors; uses the processor'] },
  memory: { totalBytes: 2, freeBytes: 1 },
  disk: { path: WORKSPACE, freeBytes: 3 },
  checks: [
    { id: 'workspace', title: 'Workspace', status: 'warning', found: `${WORKSPACE} is read-only`, fix: 'Close it.' },
    { id: 'cache', title: 'Cache folder', status: 'ok', found: '/home/ada/.cache/gpt-nas-workbench', fix: '' },
  ],
}

describe('the report for others', () => {
  it('has what nvidia-smi and TensorFlow see, every check and its remedy, and no place of a person', () => {
    const text = reportText(report, null, 'GPT-NAS Workbench 0.1.0')
    expect(text.split('\n')).toEqual([
      'GPT-NAS Workbench 0.1.0',
      'TensorFlow: 2.21.0',
      'device: gpu NVIDIA A, 8 bytes, device 0',
      'nvidia-smi sees: 0: NVIDIA A, driver 550.1',
      'TensorFlow sees: build for processors; uses the processor',
      'memory: 1 of 2 bytes free',
      'disk: 3 bytes free',
      '[warning] Workspace: (workspace) is read-only -> Close it.',
      '[ok] Cache folder: ~/.cache/gpt-nas-workbench',
    ])
  })

  it.each([
    ['/home/ada/x and /Users/Ada/y', '~/x and ~/y'],
    ['C:\\Users\\Ada\\z', '~\\z'],
    ['"/root/.cache", /rooted', '"~/.cache", /rooted'],
    ['/dev/nvidia0 and /usr/lib stay', '/dev/nvidia0 and /usr/lib stay'],
  ])('%s becomes %s', (text, told) => expect(withoutPlaces(text, '')).toBe(told))
})
