// The wheels of TensorFlow and of the CUDA libraries that its extra `and-cuda` names, as the Python package index has them: data.
// Source: https://pypi.org/simple/NAME/ for `file`, `place`, `bytes` and `sha256`, read on 2026-11-29; the versions are what pip 23.2.1
// resolves for `tensorflow[and-cuda]==2.21.0`. `kept*` were computed apart from the workbench, with Python's zipfile, by the rules of
// engine/runtimes/layout and the definition of `keptHash` (engine/runtimes/manifest); an installation computes them again.

/** One wheel of the Python package index. Its name in the index, `file`, is also how people find it on another machine. */
export interface WheelPin {
  readonly name: string
  readonly version: string
  readonly file: string
  /** Folder of the file below the index's `packages/`. */
  readonly place: string
  readonly bytes: number
  readonly sha256: string
  /** What is kept of it (engine/runtimes/layout): files, their bytes together, and one hash over their names and hashes. */
  readonly keptFiles: number
  readonly keptBytes: number
  readonly keptSha256: string
}

export const TENSORFLOW_WHEELS: readonly WheelPin[] = [
  {
    name: 'tensorflow-cpu',
    version: '2.21.0',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    place: '59/03/9a99555a762de8cd4a405efbd39a732d926d8e58791441889560b7675b3e',
    bytes: 273829956,
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    keptFiles: 4,
    keptBytes: 853780359,
    keptSha256: '5a47c92e41f0a62803b8bbec5ca5b040324ff3d141fa12896443f2f4a0b61082',
  },
  {
    name: 'tensorflow',
    version: '2.21.0',
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    place: '26/a1/23b9b39c046c723db63a1c2c93397703efa3400a36f98d9c717b473aafb8',
    bytes: 572440367,
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    keptFiles: 4,
    keptBytes: 1259492499,
    keptSha256: '1b1ed2ee9444d79cc6ad4e3d737fcda0c7d6190f053365f98d0d93f4ec642ab3',
  },
  {
    name: 'nvidia-cublas-cu12',
    version: '12.9.3.13',
    file: 'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    place: '7b/ea/9b6c36aef90766eebb4763aded157039e797ae9789c9c216e960d1d3cd47',
    bytes: 581217458,
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    keptFiles: 5,
    keptBytes: 855125508,
    keptSha256: 'cdd646ac714e63597b2d166d3fb18e2d85ddd585229e6723e3c965e92f56b134',
  },
  {
    name: 'nvidia-cuda-cupti-cu12',
    version: '12.8.90',
    file: 'nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    place: 'f8/02/2adcaa145158bf1a8295d83591d22e4103dbfd821bcaf6f3f53151ca4ffa',
    bytes: 10248621,
    sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
    keptFiles: 7,
    keptBytes: 41372968,
    keptSha256: 'dc1c66fd210d75653791a23c61878fffa870f2401a41941d2c69004926cec18f',
  },
  {
    name: 'nvidia-cuda-nvcc-cu12',
    version: '12.9.86',
    file: 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    place: '25/48/b54a06168a2190572a312bfe4ce443687773eb61367ced31e064953dd2f7',
    bytes: 40546229,
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    keptFiles: 6,
    keptBytes: 98071414,
    keptSha256: 'e2340a365e81f66616c0de061eda4bf2092714cd82d4194979a5d20e5994e882',
  },
  {
    name: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    file: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    place: 'b8/85/e4af82cc9202023862090bfca4ea827d533329e925c758f0cde964cb54b7',
    bytes: 89568129,
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    keptFiles: 6,
    keptBytes: 227401962,
    keptSha256: '2a63b867b0b70288d727ae4c30a2266be19b810845fc9eba85994a2527fc6c50',
  },
  {
    name: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    file: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    place: 'bc/46/a92db19b8309581092a3add7e6fceb4c301a3fd233969856a8cbf042cd3c',
    bytes: 3493179,
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    keptFiles: 3,
    keptBytes: 802058,
    keptSha256: 'e488bac4c6314d146447fd6325e654557ec7d832569185cbac9703932ca9cde5',
  },
  {
    name: 'nvidia-cudnn-cu12',
    version: '9.28.0.42',
    file: 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    place: 'ce/64/56ce3cad192cc75b50da3be44e36741ba963c84d3d2ca10aaa5ec16c49c3',
    bytes: 716538495,
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    keptFiles: 12,
    keptBytes: 1162413503,
    keptSha256: 'f378698a38bec261ed205252cd802484c92beb69f875963638e77bc14dd3ec7d',
  },
  {
    name: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    file: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    place: '95/f4/61e6996dd20481ee834f57a8e9dca28b1869366a135e0d42e2aa8493bdd4',
    bytes: 200877592,
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    keptFiles: 4,
    keptBytes: 293670442,
    keptSha256: 'bb740f77022497214350a472a8a61a0c7a52c52fd95cb8f7757f5b7562fe74ec',
  },
  {
    name: 'nvidia-curand-cu12',
    version: '10.3.10.19',
    file: 'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    place: '31/44/193a0e171750ca9f8320626e8a1f2381e4077a65e69e2fb9708bd479e34a',
    bytes: 68295626,
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    keptFiles: 3,
    keptBytes: 167026379,
    keptSha256: '661865102fc8930836daaab809c13c44fb4329ff7daba2343993fc264cb0b8ca',
  },
  {
    name: 'nvidia-cusolver-cu12',
    version: '11.7.5.82',
    file: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    place: '33/40/79b0c64d44d6c166c0964ec1d803d067f4a145cca23e23925fd351d0e642',
    bytes: 338117415,
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    keptFiles: 4,
    keptBytes: 495036176,
    keptSha256: 'b3536a8ef782352b5817fa774e7b0529239ae791eec09e2d49f66b73300bf39d',
  },
  {
    name: 'nvidia-cusparse-cu12',
    version: '12.5.10.65',
    file: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    place: '12/46/b0fd4b04f86577921feb97d8e2cf028afe04f614d17fb5013de9282c9216',
    bytes: 366465088,
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    keptFiles: 3,
    keptBytes: 486617405,
    keptSha256: '0cc9ee0df51e67744c6a346deb77252a2096fd25c2e2dc873f62926abeb58876',
  },
  {
    name: 'nvidia-nccl-cu12',
    version: '2.32.3',
    file: 'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    place: 'f3/f8/9dce3698eed6fae28078eb38f748feb1665767693d8017c099de9fbf0b08',
    bytes: 351526311,
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    keptFiles: 5,
    keptBytes: 489657372,
    keptSha256: 'f26a4ed8a38bee5927649ab18cf30ce7174f4bb267c354035d5d68916714f854',
  },
  {
    name: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    file: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    place: '46/0c/c75bbfb967457a0b7670b8ad267bfc4fffdf341c074e0a80db06c24ccfd4',
    bytes: 39748338,
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    keptFiles: 3,
    keptBytes: 95996325,
    keptSha256: '5798edfceab0820357caab9e2aed151c8f046ce19a4abb27070314eabef42728',
  },
]
