// What a page cannot do, whatever it is made to run: leave the app, load or reach anything remote, open windows, be granted
// permissions, evaluate text, or talk to main from anywhere but our own page.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { HOST_CHANNELS } from '../../src/shared/contract/window'
import { expect, root, test } from '../fixtures/app'

const PAGE_URL = 'app://workbench/index.html'

/** A server of this machine that counts who reaches it: nothing of it may ever be seen by the page. */
async function listener() {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
    response.end('window.wasReached = true')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { seen, url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

test('the page has no Node and no more than the functions preload names', async ({ launched: { page } }) => {
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
    workbench: Object.keys((window as unknown as { workbench: object }).workbench).sort(),
    facts: (window as unknown as { workbench: { facts: { electron?: string } | null } }).workbench.facts?.electron,
  }))
  expect(found.globals).toEqual([])
  // One function per channel, and no way to reach any other.
  const listened: Readonly<Record<string, string>> = { engineState: 'onEngineState', droppedPlace: 'onDropped' }
  const named = Object.keys(HOST_CHANNELS).map((name) => listened[name] ?? name)
  expect(found.workbench).toEqual(named.sort())
  expect(found.facts).toMatch(/^\d+\./)
})

test('the web preferences are the strict ones', async ({ launched: { app } }) => {
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
    return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag }
  })
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  })
  expect(preferences.webviewTag).not.toBe(true)
})

test('the policy comes as a header with every file, and names no remote source', async ({ launched: { page } }) => {
  const headers = await page.evaluate(async () => {
    const response = await fetch(location.href)
    return Object.fromEntries(
      ['content-security-policy', 'x-content-type-options'].map((name) => [name, response.headers.get(name)]),
    )
  })
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test('text is never run as code', async ({ launched: { page } }) => {
  const outcomes = await page.evaluate(async () => {
    // The inspector lifts the policy for as long as its own expression runs: a later task is the page's own.
    await new Promise((resolve) => setTimeout(resolve, 0))
    const attempt = (run: () => unknown): string => {
      try {
        return `ran: ${String(run())}`
      } catch (error) {
        return (error as Error).name
      }
    }
    const element = document.createElement('script')
    element.textContent = 'window.wasRun = true'
    document.head.append(element)
    const image = document.createElement('div')
    image.innerHTML = '<img src="data:," onerror="window.wasRun = true">'
    document.body.append(image)
    return {
      eval: attempt(() => (0, eval)('1 + 1')),
      function: attempt(() => new Function('return 1')()),
      timer: attempt(() => setTimeout('window.wasRun = true', 0) && undefined),
    }
  })
  expect(outcomes.eval).toBe('EvalError')
  expect(outcomes.function).toBe('EvalError')
  await page.waitForTimeout(300)
  expect(await page.evaluate(() => 'wasRun' in window)).toBe(false)
})

test('nothing remote is loaded or reached', async ({ launched: { page } }) => {
  const remote = await listener()
  try {
    const reached = await page.evaluate(async (url) => {
      const succeeded: string[] = []
      const wait = (element: HTMLElement, name: string): Promise<void> =>
        new Promise((resolve) => {
          element.addEventListener('load', () => {
            succeeded.push(name)
            resolve()
          })
          element.addEventListener('error', () => resolve())
          setTimeout(resolve, 1000) // a blocked frame fires neither
          document.body.append(element)
        })
      await fetch(`${url}/fetch`).then(
        () => succeeded.push('fetch'),
        () => undefined,
      )
      await Promise.all([
        wait(Object.assign(document.createElement('script'), { src: `${url}/script` }), 'script'),
        wait(Object.assign(document.createElement('img'), { src: `${url}/image` }), 'image'),
        wait(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${url}/style` }), 'style'),
        wait(Object.assign(document.createElement('object'), { data: `${url}/object` }), 'object'),
      ])
      document.body.append(Object.assign(document.createElement('iframe'), { src: `${url}/frame` }))
      try {
        new WebSocket(url.replace('http', 'ws'))
      } catch {
        return succeeded // refused at once, as it should be
      }
      await new Promise((resolve) => setTimeout(resolve, 300))
      return succeeded
    }, remote.url)
    expect(reached).toEqual([])
    expect(remote.seen).toEqual([])
  } finally {
    remote.close()
  }
})

test('the window neither leaves its page nor opens another', async ({ launched: { app, page } }) => {
  const remote = await listener()
  try {
    for (const target of [`${remote.url}/away`, 'file:///etc/passwd', 'app://workbench/assets/']) {
      await page.evaluate((url) => {
        location.href = url
      }, target)
      await page.evaluate((url) => {
        const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
        document.body.append(link)
        link.click()
      }, target)
      expect(await page.evaluate((url) => window.open(url), target)).toBeNull()
    }
    await page.waitForTimeout(500)
    expect(page.url().split('#')[0]).toBe(PAGE_URL)
    expect(app.windows()).toHaveLength(1)
    expect(remote.seen).toEqual([])
    // Asked without a locator, which waits for the navigations that were refused.
    expect(await page.evaluate(() => document.querySelector('#app')?.childElementCount)).toBeGreaterThan(0)
  } finally {
    remote.close()
  }
})

test('a blank page gives way to the workbench, and gets neither port nor answers', async ({ launched: { page } }) => {
  await page.evaluate(() => {
    location.href = 'about:blank'
  })
  await expect.poll(() => page.url().split('#')[0]).toBe(PAGE_URL)
  await expect(page.locator('#app')).not.toBeEmpty()
})

test('no permission is granted', async ({ launched: { page } }) => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[]
    const granted = await Promise.all(names.map((name) => navigator.permissions.query({ name })))
    return granted.map(({ state }) => state)
  })
  expect(states).not.toContain('granted')
})

test('main answers no other page', async ({ launched: { app } }) => {
  const answers = await app.evaluate(
    async ({ BrowserWindow }, preload) => {
      // As if some page had got hold of our preload script.
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      })
      try {
        await stranger.loadURL('data:text/html,<title>stranger</title>')
        return (await stranger.webContents.executeJavaScript(`(async () => {
        const asked = [workbench.copyText('stolen'), workbench.showInFolder('/')]
        const outcomes = await Promise.allSettled(asked)
        return { facts: workbench.facts, outcomes: outcomes.map(({ status, reason }) => status + ' ' + reason) }
      })()`)) as { facts: unknown; outcomes: string[] }
      } finally {
        stranger.destroy()
      }
    },
    join(root, 'out/preload/index.js'),
  )
  expect(answers.facts).toBeNull()
  for (const outcome of answers.outcomes)
    expect(outcome).toMatch(/^rejected .*refused, the sender is not the workbench page/)
})
