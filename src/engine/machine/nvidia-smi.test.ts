import { describe, expect, it } from 'vitest'
import { brokenNvidiaSmi, fakeNvidiaSmi } from '../testing/fake-nvidia-smi'
import { nvidiaSmi, parseMigInstances, parseNvidiaSmi } from './nvidia-smi'

const MEBIBYTE = 1024 * 1024
const UNTOLD = {
  ...{ capability: null, powerWatts: null, powerLimitWatts: null, clockMhz: null, memoryClockMhz: null },
  ...{ computeMode: null, migMode: null },
}

describe('the output of nvidia-smi', () => {
  it('is read with what a card does not tell left open', () => {
    expect(
      parseNvidiaSmi(
        '0, NVIDIA GeForce RTX 4090, 24564, 1203, 41, 550.54.14, GPU-8f2c, 37\n' +
          '1, NVIDIA Tegra, [N/A], [Not Supported], [N/A], [N/A], [N/A], [N/A]\n',
      ),
    ).toEqual([
      {
        index: 0,
        uuid: 'GPU-8f2c',
        name: 'NVIDIA GeForce RTX 4090',
        memoryBytes: 24564 * MEBIBYTE,
        usedBytes: 1203 * MEBIBYTE,
        utilisation: 0.37,
        temperature: 41,
        driver: '550.54.14',
        ...UNTOLD,
      },
      {
        index: 1,
        uuid: null,
        name: 'NVIDIA Tegra',
        memoryBytes: null,
        usedBytes: null,
        utilisation: null,
        temperature: null,
        driver: null,
        ...UNTOLD,
      },
    ])
  })

  it.each([
    '',
    'No devices were found',
    'NVIDIA-SMI has failed because it could not communicate, with, the, NVIDIA, driver, now, at, all',
  ])('"%s" holds no device', (text) => expect(parseNvidiaSmi(text)).toEqual([]))

  it('lists the parts of a card in multi-instance mode, in the old and the new form of their names', () => {
    expect(
      parseMigInstances(
        [
          'GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-8f2c)',
          'GPU 1: NVIDIA A100-SXM4-80GB (UUID: GPU-5d5b)',
          '  MIG 3g.40gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)',
          '  MIG 1g.10gb     Device  1: (UUID: MIG-GPU-5d5b/7/0)',
          '  MIG 1g.5gb+me   Device  2: (UUID: MIG-aa)',
        ].join('\n'),
      ),
    ).toEqual([
      { card: 1, uuid: 'MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f', name: 'MIG 3g.40gb', memoryBytes: 40e9 },
      { card: 1, uuid: 'MIG-GPU-5d5b/7/0', name: 'MIG 1g.10gb', memoryBytes: 10e9 },
      { card: 1, uuid: 'MIG-aa', name: 'MIG 1g.5gb+me', memoryBytes: 5e9 },
    ])
  })
})

describe('the program nvidia-smi', () => {
  it('is asked for devices, their parts and who holds their memory', async () => {
    const smi = nvidiaSmi(
      fakeNvidiaSmi({
        devices: '0, Card, with comma, 8192, 10, 50, 1.2, GPU-1, 5\n',
        listing: 'GPU 0: Card (UUID: GPU-1)\n',
        processes: '4711, GPU-1, 2048\n4712, GPU-1, [N/A]\n[Insufficient Permissions], GPU-1, 3\n',
      }),
    )
    expect(await smi.devices()).toMatchObject([
      { name: 'Card, with comma', memoryBytes: 8192 * MEBIBYTE, uuid: 'GPU-1' },
    ])
    expect(await smi.migInstances()).toEqual([])
    expect(await smi.processes()).toEqual([{ pid: 4711, uuid: 'GPU-1', usedBytes: 2048 * MEBIBYTE }])
  })

  it('tells capability, power, clocks and modes where the driver knows them', async () => {
    const devices = '0, A, 8192, 10, 50, 550.1, GPU-1, 5\n1, B, 8192, 10, 50, 550.1, GPU-2, 5\n'
    const more =
      '0, 8.6, 61.37, 320.00, 1725, 9501, Default, [N/A]\n1, 8.0, [N/A], [N/A], 210, 1215, Prohibited, Enabled\n'
    expect(await nvidiaSmi(fakeNvidiaSmi({ devices, more })).devices()).toMatchObject([
      { capability: 8.6, powerWatts: 61.37, powerLimitWatts: 320, clockMhz: 1725, memoryClockMhz: 9501, migMode: null },
      { capability: 8, powerWatts: null, clockMhz: 210, computeMode: 'Prohibited', migMode: 'enabled' },
    ])
    expect(await nvidiaSmi(fakeNvidiaSmi({ devices })).devices()).toMatchObject([UNTOLD, UNTOLD])
  })

  it.each([
    ['is absent', () => '/nowhere/nvidia-smi'],
    ['fails', () => brokenNvidiaSmi('echo "0, Card, 8192, 10, 50, 1.2, GPU-1, 5"; exit 9')],
    ['hangs and ignores a polite end', () => brokenNvidiaSmi('trap "" TERM; while :; do sleep 1; done')],
    ['prints nonsense', () => brokenNvidiaSmi('head -c 5000 /dev/urandom')],
  ])('means no devices when it %s', async (_how, program) => {
    const smi = nvidiaSmi(program(), 300, 300)
    const started = performance.now()
    expect([await smi.devices(), await smi.migInstances(), await smi.processes()]).toEqual([[], [], []])
    expect((await smi.ask()).devices).toEqual([])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it.each<[string, string, string[] | null]>([
    ['is slow', 'sleep 1; echo "0, Card, 8192, 10, 50, 1.2, GPU-1, 5"', null],
    ['fails without a word about cards', 'exit 9', null],
    ['cannot reach the driver', 'echo "couldn\'t communicate with the NVIDIA driver"; exit 9', null],
    ['finds none', 'echo "No devices were found"; exit 6', []],
    [
      'lists the others beside a lost one',
      'echo "0, Card, 8192, 10, 50, 1.2, GPU-1, 5"; echo "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost."; exit 15',
      ['GPU-1'],
    ],
  ])('tells a card that is gone from one that is not known, when it %s', async (_how, lines, ids) => {
    const present = await nvidiaSmi(brokenNvidiaSmi(lines), 300, 500).present()
    expect(present?.devices.map(({ uuid }) => uuid) ?? null).toEqual(ids)
  })
})
