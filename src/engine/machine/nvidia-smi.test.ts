import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { nvidiaDevices, parseNvidiaSmi } from './nvidia-smi'

const MEBIBYTE = 1024 * 1024

describe('the output of nvidia-smi', () => {
  it('is read with what a card does not tell left open', () => {
    expect(
      parseNvidiaSmi(
        '0, NVIDIA GeForce RTX 4090, 24564, 1203, 41, 550.54.14\n1, NVIDIA Tegra, [N/A], [Not Supported], [N/A], [N/A]\n',
      ),
    ).toEqual([
      {
        index: 0,
        name: 'NVIDIA GeForce RTX 4090',
        memoryBytes: 24564 * MEBIBYTE,
        usedBytes: 1203 * MEBIBYTE,
        temperature: 41,
        driver: '550.54.14',
      },
      { index: 1, name: 'NVIDIA Tegra', memoryBytes: null, usedBytes: null, temperature: null, driver: null },
    ])
  })

  it.each([
    '',
    'No devices were found',
    'NVIDIA-SMI has failed because it could not communicate, with, the, NVIDIA, driver, now',
  ])('"%s" holds no device', (text) => expect(parseNvidiaSmi(text)).toEqual([]))

  it('comes from the program; one that is absent or fails means no devices', async () => {
    const program = path.join(temporaryFolder(), 'nvidia-smi')
    writeFileSync(program, '#!/bin/sh\necho "0, Card, with comma, 8192, 10, 50, 1.2"\n')
    chmodSync(program, 0o755)
    expect(await nvidiaDevices(program)).toMatchObject([{ name: 'Card, with comma', memoryBytes: 8192 * MEBIBYTE }])
    writeFileSync(program, '#!/bin/sh\nexit 9\n')
    expect(await nvidiaDevices(program)).toEqual([])
    expect(await nvidiaDevices('/nowhere/nvidia-smi')).toEqual([])
  })
})
