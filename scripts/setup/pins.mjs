// The pinned downloads, as data: pins.json read once.
import { readFileSync } from 'node:fs'

/** @type {typeof import('./pins.json')} */
export default JSON.parse(readFileSync(new URL('./pins.json', import.meta.url), 'utf8'))
