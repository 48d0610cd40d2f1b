// A large download over a connection that breaks.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download } from './electron-vendor.mjs'

const silent = { line: () => undefined, progress: () => undefined }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
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
