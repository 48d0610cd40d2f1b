// Set-up's promises on real files: nothing half-installed, wrong downloads refused, one at a time, nothing done twice.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sourcesHash } from './build.mjs'
import { download } from './electron-vendor.mjs'
import { buildFolder, linkFolder, pinnedFile, sha256 } from './files.mjs'
import { SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { matchesLock } from './npm-packages.mjs'
import { unzip } from './python.mjs'
import { createReporter } from './reporter.mjs'
import { runSteps } from './run.mjs'
import { attempt } from './shell.mjs'

const content = 'the whole file'
const pin = { file: 'a.bin', sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length }
const silent = { line: () => undefined, progress: () => undefined }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('pinnedFile', () => {
  const downloading = (text) => (temporary) => writeFile(path.join(temporary, pin.file), text)

  it('keeps a download of the pinned hash and does not fetch it again', async () => {
    const file = await pinnedFile(pin, folder, downloading(content))
    expect(await sha256(file)).toBe(pin.sha256)
    const again = await pinnedFile(pin, folder, () => Promise.reject(new Error('must not download')))
    expect(again).toBe(file)
  })

  it('refuses a truncated download and leaves nothing behind', async () => {
    await expect(pinnedFile(pin, folder, downloading(content.slice(0, 5)))).rejects.toThrow(/has 5 bytes.*expected 14/)
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses a file of the right size and another content', async () => {
    await expect(pinnedFile(pin, folder, downloading('the wrong file'))).rejects.toThrow(/SHA-256/)
    expect(await readdir(folder)).toEqual([])
  })

  it('fetches again what was damaged on the disk', async () => {
    await writeFile(path.join(folder, pin.file), 'damaged')
    expect(await readFile(await pinnedFile(pin, folder, downloading(content)), 'utf8')).toBe(content)
  })

  it('says what a download left when the file is not there', async () => {
    const wrong = (temporary) => writeFile(path.join(temporary, 'other.bin'), content)
    await expect(pinnedFile(pin, folder, wrong)).rejects.toThrow(/left other\.bin/)
  })
})

describe('buildFolder', () => {
  it('shows the folder only when it is complete', async () => {
    const target = path.join(folder, 'result')
    await buildFolder(target, async (temporary) => {
      await writeFile(path.join(temporary, 'one'), '1')
      expect(await readdir(folder)).not.toContain('result')
    })
    expect(await readdir(target)).toEqual(['one'])
  })

  it('leaves the old folder in place and no trace when filling fails', async () => {
    const target = path.join(folder, 'result')
    await mkdir(target)
    await writeFile(path.join(target, 'old'), '')
    const failing = async (temporary) => {
      await writeFile(path.join(temporary, 'half'), '')
      throw new Error('disk full')
    }
    await expect(buildFolder(target, failing)).rejects.toThrow('disk full')
    expect(await readdir(folder)).toEqual(['result'])
    expect(await readdir(target)).toEqual(['old'])
  })
})

describe('withLock', () => {
  it('runs one holder at a time and removes the lock', async () => {
    const lock = path.join(folder, 'lock')
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, (inside += 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 6 }, () => withLock(lock, work, { poll: 5 })))
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('takes over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.on('exit', resolve))
    const lock = path.join(folder, 'lock')
    await writeFile(lock, JSON.stringify({ pid: child.pid, host: os.hostname(), token: 'x' }))
    expect(await withLock(lock, async () => 'ran')).toBe('ran')
  })

  it('waits for a living owner on another machine until its heartbeat stops', async () => {
    const lock = path.join(folder, 'lock')
    await writeFile(lock, JSON.stringify({ pid: 1, host: 'elsewhere', token: 'x' }))
    const told = []
    const running = withLock(lock, async () => Date.now(), {
      poll: 10,
      staleAfter: 60_000,
      onWait: (who) => told.push(who),
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(told).toEqual(['process 1 on elsewhere'])
    const released = Date.now()
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(lock, longAgo, longAgo)
    expect(await running).toBeGreaterThanOrEqual(released)
  })
})

describe('runSteps', () => {
  const fileStep = (id, work = async () => undefined) => ({
    id,
    title: id,
    isDone: () =>
      stat(path.join(folder, id)).then(
        () => true,
        () => false,
      ),
    run: async (report) => {
      await work(report)
      await writeFile(path.join(folder, id), '')
    },
  })

  it('does nothing the second time and goes on where it stopped', async () => {
    let isBroken = true
    const second = fileStep('second', async () => {
      if (isBroken) throw new SetupFailure('No network.', 'Plug it in.')
    })
    const steps = [fileStep('first'), second]
    await expect(runSteps(steps, silent, folder)).rejects.toMatchObject({
      message: expect.stringMatching(/"second" failed. No network/),
      fix: 'Plug it in.',
    })
    isBroken = false
    expect(await runSteps(steps, silent, folder)).toBe(1)
    expect(await runSteps(steps, silent, folder)).toBe(0)
  })

  it('does the work once when two set-ups start together', async () => {
    let times = 0
    const slow = fileStep('slow', async () => {
      times += 1
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    const ran = await Promise.all([runSteps([slow], silent, folder), runSteps([slow], silent, folder)])
    expect(times).toBe(1)
    expect(ran.sort()).toEqual([0, 1])
  })

  it('calls a step that left nothing a failure, and says what to do about a full disk', async () => {
    const empty = { id: 'empty', title: 'empty', isDone: async () => false, run: async () => undefined }
    await expect(runSteps([empty], silent, folder)).rejects.toThrow(/its result is not there/)
    const full = fileStep('full', async () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    })
    await expect(runSteps([full], silent, folder)).rejects.toMatchObject({ fix: expect.stringMatching(/disk space/) })
  })

  it('sweeps what an interrupted set-up left', async () => {
    await mkdir(path.join(folder, '.tensorflow.abc.partial'))
    await runSteps([fileStep('any')], silent, folder)
    expect(await readdir(folder)).toEqual(['any'])
  })
})

describe('download', () => {
  it('takes a broken connection up where it broke', async () => {
    const body = Buffer.alloc(200_000, 'x')
    const ranges = []
    const server = createServer((request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      ranges.push(from)
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length - from })
      if (ranges.length === 1)
        response.write(body.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 100))
      else response.end(body.subarray(from))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const target = path.join(folder, 'file')
    await download(`http://127.0.0.1:${server.address().port}/file`, target, silent)
    server.close()
    expect(await readFile(target)).toEqual(body)
    expect(ranges.length).toBe(2)
    expect(ranges[1]).toBeGreaterThan(0)
  })

  it('gives up with the reason', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end())
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${server.address().port}/file`
    await expect(download(url, path.join(folder, 'file'), silent, 2)).rejects.toThrow(
      /2 attempts: the server answered 503/,
    )
    server.close()
  })
})

describe('matchesLock', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '2.0.0', optional: true },
  }
  const write = async (installed) => {
    await mkdir(path.join(folder, 'node_modules'), { recursive: true })
    await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }))
    await writeFile(path.join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }))
  }

  it.each([
    [
      'all but an optional package of another platform',
      { 'node_modules/a': { version: '1.0.0', integrity: 'x' } },
      true,
    ],
    ['an older version', { 'node_modules/a': { version: '0.9.0', integrity: 'x' } }, false],
    ['another content', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }, false],
    [
      'a package too many',
      { 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/c': { version: '1.0.0' } },
      false,
    ],
    ['nothing', {}, false],
  ])('%s', async (_name, installed, expected) => {
    await write(installed)
    expect(await matchesLock(folder)).toBe(expected)
  })

  it('is false without node_modules', async () => {
    expect(await matchesLock(folder)).toBe(false)
  })
})

describe('sourcesHash', () => {
  it('changes with a source and not with a test', async () => {
    await mkdir(path.join(folder, 'src', 'deep'), { recursive: true })
    await writeFile(path.join(folder, 'src', 'deep', 'a.ts'), '1')
    const before = await sourcesHash(folder)
    await writeFile(path.join(folder, 'src', 'deep', 'a.test.ts'), 'test')
    expect(await sourcesHash(folder)).toBe(before)
    await writeFile(path.join(folder, 'src', 'deep', 'a.ts'), '2')
    expect(await sourcesHash(folder)).not.toBe(before)
  })
})

describe('unzip', () => {
  it('keeps permissions and links, and takes only what was asked for', async () => {
    const make = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w')
def add(name, text, mode):
    i = zipfile.ZipInfo(name); i.external_attr = mode << 16; z.writestr(i, text)
add('in/run', 'x', 0o100755); add('in/link', 'run', 0o120777); add('out/other', 'x', 0o100644); z.close()`
    const archive = path.join(folder, 'a.zip')
    expect((await attempt('python3', ['-c', make, archive])).code).toBe(0)
    const target = path.join(folder, 'target')
    await mkdir(target)
    await unzip(archive, target, ['in/'])
    expect(await readdir(target)).toEqual(['in'])
    expect((await stat(path.join(target, 'in', 'link'))).mode & 0o777).toBe(0o755)
  })
})

describe('linkFolder', () => {
  it('replaces a dangling link and leaves a right one alone', async () => {
    const link = path.join(folder, 'link')
    const target = path.join(folder, 'target')
    await mkdir(target)
    await symlink(path.join(folder, 'gone'), link)
    await linkFolder(target, link)
    await linkFolder(target, link)
    await writeFile(path.join(link, 'file'), '')
    expect(await readdir(target)).toEqual(['file'])
  })
})

describe('createReporter', () => {
  it('prints plain lines now and then where there is no terminal', () => {
    let clock = 10_000
    const written = []
    const report = createReporter({ stream: { write: (text) => written.push(text) }, now: () => clock })
    report.progress('a.whl', 1e6, 2e6)
    report.progress('a.whl', 1.5e6, 2e6)
    clock += 6000
    report.progress('a.whl', 2e6, 2e6)
    expect(written).toEqual(['    a.whl 1.0 MB of 2.0 MB (50 %)\n', '    a.whl 2.0 MB of 2.0 MB (100 %)\n'])
  })
})
