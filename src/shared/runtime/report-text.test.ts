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
      '[ok] Cache folder: (cache)',
    ])
  })

  it.each([
    ['/home/ada/x and /Users/Ada/y', '~/x and ~/y'],
    ['C:\\Users\\Ada\\z', '~\\z'],
    ['"/root/.cache", /rooted', '"~/.cache", /rooted'],
    ['/dev/nvidia0 and /usr/lib stay', '/dev/nvidia0 and /usr/lib stay'],
    ['C:\\Users\\Ada Lovelace\\cache of C:\\Users\\Ada', '~\\cache of ~'],
    ['there is none in /data/ada/checkout/resources/paper-1.', 'there is none in (...)/paper-1.'],
    ['D:\\ada\\cache and C:\\Windows\\System32', '(...)/cache and C:\\Windows\\System32'],
    ['1234 images/s, 1/2 cores, https://pypi.org/project/x/', '1234 images/s, 1/2 cores, https://pypi.org/project/x/'],
    ['there are 0 (GPU-5d5b3f00-aaaa-bbbb-cccc-001122334455)', 'there are 0 (GPU-(id))'],
    ['MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f, MIG-GPU-5d5b/7/0', 'MIG-(id), GPU-(id)'],
    ['GPU-bound work', 'GPU-bound work'],
  ])('%s becomes %s', (text, told) => expect(withoutPlaces(text, {})).toBe(told))

  it('knows the cache by its check, wherever it lies', () => {
    const cache = {
      id: 'cache',
      title: 'Cache folder',
      status: 'ok' as const,
      found: '/data/ada lovelace/cache',
      fix: '',
    }
    const other = { ...cache, id: 'proposer', title: 'Proposer', found: '/data/ada lovelace/cache/x is missing' }
    const text = reportText({ ...report, checks: [cache, other] }, null, 'head')
    expect(text).not.toMatch(/ada|lovelace/)
    expect(text).toContain('(cache)/x is missing')
  })
})
