// Why no card answers, or answers badly, before TensorFlow is asked: driver, kernel, device files, containers, firmware. Pure.
import type { Diagnosis } from '@shared/contract/runtime'
import { CUDA_12 } from '@shared/runtime/tensorflow-builds'
import { typed } from '@node/command-line'
import type { CardFacts } from '../machine/card-facts'
import { finding, type Found } from './diagnosis'

const NO_DRIVER_FIX =
  'Install the NVIDIA driver of your distribution (Debian, Ubuntu: nvidia-driver), then start the machine again.'

/** Whether version `a` is older than `b`, part by part. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number))
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** The first that holds explains the others. */
type Rule = (facts: CardFacts) => readonly [id: string, found: Omit<Found, 'title'>] | null

const error = (found: string, fix: string): Omit<Found, 'title'> => ({ status: 'error', found, fix })

const RULES: readonly Rule[] = [
  ({ smi }) =>
    /driver\/library version mismatch/i.test(smi.text)
      ? [
          'driver-mismatch',
          error(
            'the driver was updated while the old one is still in the kernel (Driver/library version mismatch)',
            'Start the machine again.',
          ),
        ]
      : null,
  ({ smi }) =>
    /GPU is lost|fallen off the bus|Unable to determine the device handle/i.test(smi.text)
      ? [
          'card-lost',
          error(
            'the card does not answer any more: it has fallen off the bus',
            'Start the machine again. If it comes back: power supply, riser cable, heat or the card itself.',
          ),
        ]
      : null,
  ({ smi }) =>
    smi.end === 'silent'
      ? [
          'driver-silent',
          error(
            'nvidia-smi did not answer within 20 s: the driver hangs, or starts anew for every question',
            'Turn on its persistence mode (nvidia-persistenced). If it hangs, "dmesg" has lines with NVRM or Xid: start the machine again.',
          ),
        ]
      : null,
  ({ smi, wsl, cards }) =>
    cards.length === 0 && wsl === 'without-gpu' && smi.end !== 'answered'
      ? [
          'wsl-no-gpu',
          error(
            'this is Linux under Windows (WSL), which does not pass a card on: there is no /dev/dxg',
            'Install the NVIDIA driver in Windows, none in Linux; then "wsl --update" and "wsl --shutdown".',
          ),
        ]
      : null,
  ({ cards, container, deviceFiles, kernelDriver, onBus }) =>
    cards.length === 0 && container !== null && deviceFiles.length === 0 && (kernelDriver !== null || onBus > 0)
      ? [
          'container-no-gpu',
          error(
            `this is a container (${container}) on a machine with a card, which was not passed on: there are no /dev/nvidia*`,
            'Start it with the card: docker run --gpus all (NVIDIA Container Toolkit), or podman run --device nvidia.com/gpu=all.',
          ),
        ]
      : null,
  ({ cards, modules, onBus }) =>
    cards.length === 0 && onBus > 0 && modules.nouveau
      ? [
          'nouveau',
          error(
            'the open driver nouveau holds the card, which cannot compute with CUDA',
            `${NO_DRIVER_FIX} Its package keeps nouveau from being loaded.`,
          ),
        ]
      : null,
  ({ cards, modules, onBus, secureBoot, smi }) =>
    cards.length === 0 && onBus > 0 && !modules.nvidia && secureBoot === true && smi.end !== 'absent'
      ? [
          'secure-boot',
          error(
            'the driver is installed and not loaded, and Secure Boot is on: the kernel refuses modules without a known signature',
            "Enrol the key that your distribution signed the module with (mokutil --import, then the blue menu at the next start), or turn Secure Boot off in the firmware's settings.",
          ),
        ]
      : null,
  ({ cards, modules, onBus, smi }) =>
    cards.length === 0 && onBus > 0 && !modules.nvidia && smi.end !== 'absent'
      ? [
          'driver-not-loaded',
          error(
            'the driver is installed, but its module is not in the kernel',
            'As administrator: modprobe nvidia. After a kernel update the module may have to be built again (dkms autoinstall).',
          ),
        ]
      : null,
  ({ cards, onBus, smi, kernelDriver }) =>
    cards.length === 0 && onBus > 0 && smi.end === 'absent' && kernelDriver === null
      ? ['no-driver', error('an NVIDIA card is there and no driver for it', NO_DRIVER_FIX)]
      : null,
  ({ cards, smi, kernelDriver }) =>
    cards.length === 0 && smi.end === 'absent' && kernelDriver !== null
      ? [
          'no-nvidia-smi',
          error(
            `driver ${kernelDriver} is loaded and the program nvidia-smi is missing`,
            'Install the rest of the driver (Debian: nvidia-smi, Ubuntu: nvidia-utils), or add its folder to PATH.',
          ),
        ]
      : null,
  ({ cards, forbiddenFiles }) =>
    forbiddenFiles.length > 0 && cards.length === 0
      ? [
          'no-permission',
          error(
            `you may not open ${forbiddenFiles.join(', ')}`,
            'Add yourself to the group that owns them (often video or render), then log in again.',
          ),
        ]
      : null,
  ({ cards, modules, deviceFiles }) =>
    cards.length === 0 && modules.nvidia && !deviceFiles.some((file) => /nvidia\d/.test(file))
      ? [
          'no-device-files',
          error(
            'the driver is loaded and there are no device files /dev/nvidia0 ...',
            'As administrator: nvidia-modprobe -c 0 -u.',
          ),
        ]
      : null,
  ({ cards, smi }) =>
    cards.length === 0 && /No devices were found/i.test(smi.text)
      ? [
          'no-devices',
          error(
            'the driver runs and finds no card that it can use',
            'The card may be too old for this driver, in use by a virtual machine (vfio), or badly seated: "dmesg | grep NVRM" says which.',
          ),
        ]
      : null,
  ({ cards, smi }) =>
    cards.length === 0 && smi.end === 'failed'
      ? [
          'driver-fails',
          error(
            `nvidia-smi fails: ${smi.text.replace(/\s+/g, ' ').slice(0, 200) || 'it says nothing'}`,
            'Start the machine again; if it stays, install the driver anew.',
          ),
        ]
      : null,
  ({ cards }) => {
    const old = cards
      .map(({ driver }) => driver)
      .find((driver) => driver !== null && isOlder(driver, CUDA_12.minDriver))
    return old === undefined || old === null
      ? null
      : [
          'driver-old',
          error(
            `driver ${old} is too old for CUDA ${CUDA_12.cuda}, which needs ${CUDA_12.minDriver} or newer`,
            `Update the driver; until then: ${typed('runtime choose cpu')}.`,
          ),
        ]
  },
  ({ cards, modules, wsl, container }) =>
    cards.length > 0 && modules.nvidia && !modules.uvm && wsl === 'none' && container === null
      ? [
          'no-uvm',
          {
            status: 'warning',
            found: 'the module nvidia_uvm is not loaded, without which CUDA does not start',
            fix: 'As administrator: modprobe nvidia_uvm; nvidia-modprobe -u makes its device file.',
          },
        ]
      : null,
]

export function driverDiagnoses(facts: CardFacts): Diagnosis[] {
  for (const rule of RULES) {
    const found = rule(facts)
    if (found !== null) return [finding(found[0], { title: 'NVIDIA driver', ...found[1] })]
  }
  return []
}
