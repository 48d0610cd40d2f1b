// Types of display.mjs for the measurements, which are TypeScript.
export function hasDisplay(env?: Readonly<Record<string, string | undefined>>): boolean
export function startVirtualDisplay(): Promise<{ readonly name: string; readonly stop: () => void }>
