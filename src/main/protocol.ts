// Serves the built renderer at app://workbench/ with a strict content security policy. Nothing outside its folder, nothing remote.
import { protocol } from 'electron'
import { extname } from 'node:path'
import { resolveRequest } from './page'

/** Scripts only from the app; styles may be inline because ECharts and Cytoscape set style attributes. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/** Before `app` is ready. */
export function declareProtocol(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** `registerFileProtocol` because Electron 22 has no `protocol.handle` (docs/rules.md#one-build). */
export function serveRenderer(folder: string): void {
  protocol.registerFileProtocol('app', (request, respond) => {
    const file = resolveRequest(folder, request.url)
    if (!file) {
      respond({ error: -6 }) // net::ERR_FILE_NOT_FOUND
      return
    }
    const type = MIME[extname(file)] ?? 'application/octet-stream'
    respond({
      path: file,
      mimeType: type,
      headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' },
    })
  })
}
