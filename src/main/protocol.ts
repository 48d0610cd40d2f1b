// Serves the built renderer at app://workbench/ with a strict content security policy. Nothing outside its folder, nothing remote.
import { protocol } from 'electron'
import { extname } from 'node:path'
import { readOwnFile } from '@node/own-file'
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
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/** net::ERR_FILE_NOT_FOUND */
const NOT_FOUND = -6

/** Before `app` is ready. */
export function declareProtocol(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/**
 * The bytes and not the file's name: under a locale that is not UTF-8 Chromium takes a name with other letters than ASCII for no name at
 * all (docs/decisions/172). `registerBufferProtocol` because Electron 22 has no `protocol.handle` (docs/rules.md#one-build).
 */
export function serveRenderer(folder: string): void {
  protocol.registerBufferProtocol('app', (request, respond) => {
    const file = resolveRequest(folder, request.url)
    if (!file) {
      respond({ error: NOT_FOUND })
      return
    }
    const mimeType = MIME[extname(file)] ?? 'application/octet-stream'
    const headers = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' }
    readOwnFile(file).then(
      (data) => respond({ data, mimeType, charset: 'utf-8', headers }),
      () => respond({ error: NOT_FOUND }),
    )
  })
}
