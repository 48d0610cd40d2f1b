# Makes small data sets in every form the importers know and reads them back with NumPy and Pillow: what an import must equal.
# Usage: independent_reader.py FOLDER; writes FOLDER/CASE (the data set), FOLDER/CASE.json (options, classes, labels) and
# FOLDER/CASE.train, FOLDER/CASE.test (uint8 pixels as [count, height, width, channels]).
import csv, gzip, json, os, pickle, struct, sys, tarfile, zipfile
import numpy as np
import PIL
from PIL import Image

OUT = sys.argv[1]
# Pillow 13 resizes tall images in another order, which moves some values by one level.
TOLERANCE = 0 if int(PIL.__version__.split(".")[0]) >= 13 else 1
random = np.random.default_rng(7)


def place(*parts):
    path = os.path.join(OUT, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def expect(case, classes, train, test, **options):
    """train, test: lists of (pixels, label)."""
    for split, rows in (("train", train), ("test", test)):
        np.stack([pixels for pixels, _ in rows]).astype("uint8").tofile(place(f"{case}.{split}"))
    labels = {"train": [int(label) for _, label in train], "test": [int(label) for _, label in test]}
    with open(place(f"{case}.json"), "w") as file:
        path = options.pop("path", case)
        tolerance = options.pop("tolerance", TOLERANCE if "size" in options else 0)
        json.dump(dict(path=path, options=options, classes=classes, labels=labels, tolerance=tolerance), file)


def planes(count):
    return random.integers(0, 256, (count, 3072), dtype=np.uint8)


def pixels_of(row):
    return row.reshape(3, 32, 32).transpose(1, 2, 0)


def labels_of(count, classes):
    return [index % classes for index in range(count)]


TEN = "airplane automobile bird cat deer dog frog horse ship truck".split()


def cifar_binary():
    folder = "cifar-10-batches-bin"
    for name, count in [("data_batch_1", 20), ("data_batch_2", 30), ("test_batch", 10)]:
        data = np.concatenate([np.array(labels_of(count, 10), np.uint8)[:, None], planes(count)], 1)
        data.tofile(place("cifar10-binary-source", folder, name + ".bin"))
    with open(place("cifar10-binary-source", folder, "batches.meta.txt"), "w") as file:
        file.write("\n".join(TEN) + "\n\n")
    with tarfile.open(place("cifar10-binary.tar.gz"), "w:gz") as archive:
        archive.add(place("cifar10-binary-source", folder), folder)

    def rows(*names):
        raw = [np.fromfile(place("cifar10-binary-source", folder, n + ".bin"), np.uint8).reshape(-1, 3073) for n in names]
        return [(pixels_of(row[1:]), row[0]) for row in np.concatenate(raw)]

    expect("cifar10-binary", TEN, rows("data_batch_1", "data_batch_2"), rows("test_batch"), path="cifar10-binary.tar.gz")

    for name, count in [("train", 200), ("test", 100)]:
        head = np.array([[i % 20, i % 100] for i in range(count)], np.uint8)
        np.concatenate([head, planes(count)], 1).tofile(place("cifar100-binary", name + ".bin"))

    def hundred(name):
        raw = np.fromfile(place("cifar100-binary", name + ".bin"), np.uint8).reshape(-1, 3074)
        return [(pixels_of(row[2:]), row[1]) for row in raw]

    expect("cifar100-binary", [str(i) for i in range(100)], hundred("train"), hundred("test"))


def python2_pickle(labels, data):
    """What Python 2 wrote for the official archives: protocol 2, byte strings, numpy.core."""
    shape = lambda n: b"M" + struct.pack("<H", n)
    return (
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05("
        + b"".join(b"K" + bytes([label]) for label in labels)
        + b"eU\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01"
        + shape(data.shape[0]) + shape(data.shape[1])
        + b"\x86cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<I", data.size) + data.tobytes() + b"tbu."
    )


def cifar_python():
    def dump(value, protocol, *path):
        with open(place(*path), "wb") as file:
            pickle.dump(value, file, protocol=protocol)

    def load(*path):
        with open(place(*path), "rb") as file:
            return {k.decode() if isinstance(k, bytes) else k: v for k, v in pickle.load(file, encoding="bytes").items()}

    case = "cifar10-python"
    folder = (case, "cifar-10-batches-py")
    with open(place(*folder, "data_batch_1"), "wb") as file:
        file.write(python2_pickle(labels_of(20, 10), planes(20)))
    dump({b"labels": labels_of(20, 10), b"data": planes(20)}, 2, *folder, "data_batch_2")
    dump({"labels": labels_of(20, 10), "data": planes(20), "filenames": ["a.png"] * 20}, 3, *folder, "data_batch_3")
    dump({"labels": labels_of(20, 10), "data": planes(20)}, 5, *folder, "data_batch_4")
    dump({"labels": labels_of(10, 10), "data": planes(10)}, 4, *folder, "test_batch")
    dump({"label_names": TEN[::-1]}, 2, *folder, "batches.meta")

    def rows(key, folder, *names):
        loaded = [load(*folder, name) for name in names]
        return [(pixels_of(row), label) for batch in loaded for row, label in zip(batch["data"], batch[key])]

    train = rows("labels", folder, "data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4")
    expect(case, TEN[::-1], train, rows("labels", folder, "test_batch"))

    folder = ("cifar100-python",)
    names = [f"thing_{i}" for i in range(100)]
    for name, count in [("train", 200), ("test", 100)]:
        fine, coarse = labels_of(count, 100), labels_of(count, 20)
        dump({b"fine_labels": fine, b"coarse_labels": coarse, b"data": planes(count)}, 4, *folder, name)
    dump({b"fine_label_names": [n.encode() for n in names]}, 2, *folder, "meta")
    expect("cifar100-python", names, rows("fine_labels", folder, "train"), rows("fine_labels", folder, "test"))


def idx(values, path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "wb") as file:
        file.write(struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes())


def read_idx(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        data = file.read()
    sizes = struct.unpack(f">{data[3]}I", data[4 : 4 + 4 * data[3]])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def mnist():
    for case, end in [("mnist", ""), ("mnist-gz", ".gz")]:
        rows = {}
        for split, count in [("train", 40), ("t10k", 20)]:
            images, labels = place(case, f"{split}-images-idx3-ubyte{end}"), place(case, f"{split}-labels-idx1-ubyte{end}")
            idx(random.integers(0, 256, (count, 28, 28), dtype=np.uint8), images)
            idx(np.array(labels_of(count, 10), np.uint8), labels)
            rows[split] = [(image[..., None], label) for image, label in zip(read_idx(images), read_idx(labels))]
        expect(case, [str(i) for i in range(10)], rows["train"], rows["t10k"])


def picture(height, width):
    y, x = np.mgrid[0:height, 0:width]
    f = random.uniform(3, 12, 3)
    waves = np.stack([128 + 100 * np.sin(x / f[0]), 128 + 90 * np.cos(y / f[1]), 128 + 80 * np.sin((x + y) / f[2])], -1)
    return Image.fromarray(np.clip(waves + random.normal(0, 10, waves.shape), 0, 255).astype("uint8"))


SAVE = [
    lambda image, path: image.save(path + ".png"),
    lambda image, path: image.save(path + ".jpg", quality=85, subsampling=2),
    lambda image, path: image.save(path + ".jpeg", quality=92, subsampling=0),
    lambda image, path: image.save(path + ".JPEG", quality=75, progressive=True),
    lambda image, path: image.convert("L").save(path + ".png"),
    lambda image, path: image.convert("L").save(path + ".jpg", quality=80),
    lambda image, path: image.quantize(16).save(path + ".png"),
    lambda image, path: image.convert("RGBA").save(path + ".png"),
    lambda image, path: image.convert("1").save(path + ".png"),
]


def fit(image, height, width, policy):
    if image.size == (width, height):
        return image
    if policy == "stretch":
        return image.resize((width, height), Image.BILINEAR)
    ratios = (height / image.height, width / image.width)
    ratio = max(ratios) if policy == "crop" else min(ratios)
    bound = max if policy == "crop" else min
    size = tuple(bound(side, max(1, int(np.floor(old * ratio + 0.5)))) for side, old in ((width, image.width), (height, image.height)))
    image = image.resize(size, Image.BILINEAR)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    if policy == "crop":
        return image.crop((left, top, left + width, top + height))
    result = Image.new(image.mode, (width, height))
    result.paste(image, (-left, -top))
    return result


def read(path, size, policy, channels):
    image = fit(Image.open(path).convert("RGB" if channels == 3 else "L"), *size, policy)
    pixels = np.asarray(image)
    return pixels if channels == 3 else pixels[..., None]


def folders():
    names = ["apple", "pear", "quince"]
    for case, size, policy, channels in [
        ("folders-crop", (24, 24), "crop", 3),
        ("folders-pad", (20, 28), "pad", 3),
        ("folders-stretch", (32, 16), "stretch", 3),
        ("folders-grey", (24, 24), "crop", 1),
    ]:
        rows = {"train": [], "test": []}
        for split, count in [("train", 18), ("test", 9)]:
            for label, name in enumerate(names):
                for index in range(count):
                    height, width = random.integers(10, 90, 2)
                    SAVE[index % len(SAVE)](picture(height, width), place(case, split, name, f"{index:03d}"))
                folder = place(case, split, name)
                rows[split] += [(read(os.path.join(folder, file), size, policy, channels), label) for file in sorted(os.listdir(folder))]
        expect(case, names, rows["train"], rows["test"], size=size, policy=policy, channels=channels)


def table():
    rows = {"train": [], "test": []}
    with open(place("csv-source", "index.csv"), "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "label", "split"])
        for index in range(30):
            name, label, split = f"all/an image, {index:02d}", ["no", "yes"][index % 2], "test" if index % 5 == 0 else "train"
            SAVE[index % 4](picture(16, 16), place("csv-source", name))
            end = [".png", ".jpg", ".jpeg", ".JPEG"][index % 4]
            writer.writerow([name + end, label, split])
            rows[split].append((read(place("csv-source", name + end), (16, 16), "crop", 3), index % 2))
    with tarfile.open(place("csv.tar"), "w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(place("csv-source"), "a-wrapper")
    expect("csv", ["no", "yes"], rows["train"], rows["test"], path="csv.tar")


def imagenet():
    wnids = ["n01443537", "n01629819"]
    rows = {"train": [], "val": []}
    annotations = []
    for label, wnid in enumerate(wnids):
        for index in range(8):
            path = place("imagenet-source", "train", wnid, "images", f"{wnid}_{index}.JPEG")
            picture(64, 48).save(path, quality=90)
            rows["train"].append((read(path, (32, 32), "crop", 3), label))
    for index in range(6):
        path = place("imagenet-source", "val", "images", f"val_{index}.JPEG")
        picture(48, 64).save(path, quality=90)
        annotations.append(f"val_{index}.JPEG\t{wnids[index % 2]}\t0\t0\t62\t62")
        rows["val"].append((read(path, (32, 32), "crop", 3), index % 2))
    with open(place("imagenet-source", "val", "val_annotations.txt"), "w") as file:
        file.write("\n".join(annotations))
    with open(place("imagenet-source", "words.txt"), "w") as file:
        file.write("n01443537\tgoldfish, Carassius auratus\nn01629819\tEuropean fire salamander, Salamandra salamandra\n")
    with zipfile.ZipFile(place("imagenet.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, _, files in os.walk(place("imagenet-source")):
            for name in files:
                path = os.path.join(folder, name)
                archive.write(path, os.path.join("tiny", os.path.relpath(path, place("imagenet-source"))))
    classes = ["goldfish", "European fire salamander"]
    expect("imagenet", classes, rows["train"], rows["val"], path="imagenet.zip", size=(32, 32))


def with_trailing(image, path):
    image.save(path + ".png")
    with open(path + ".png", "ab") as file:
        file.write(b"what a program left behind")


def rotated(image, path, end, **options):
    exif = Image.Exif()
    exif[274] = 6
    image.save(path + end, exif=exif, **options)


def frames(image, path):
    image.quantize(64).save(path + ".gif", save_all=True, append_images=[picture(*image.size[::-1]).quantize(8)])


FORMATS = dict(
    webp_lossless=lambda image, path: image.save(path + ".webp", lossless=True),
    webp_lossy=lambda image, path: image.save(path + ".webp", quality=80),
    webp_alpha=lambda image, path: image.convert("RGBA").save(path + ".webp", lossless=True),
    bmp=lambda image, path: image.save(path + ".bmp"),
    bmp_palette=lambda image, path: image.quantize(200).save(path + ".bmp"),
    bmp_grey=lambda image, path: image.convert("L").save(path + ".bmp"),
    bmp_bits=lambda image, path: image.convert("1").save(path + ".BMP"),
    gif=lambda image, path: image.quantize(128).save(path + ".gif"),
    gif_frames=frames,
    tiff=lambda image, path: image.save(path + ".tiff"),
    tiff_lzw=lambda image, path: image.save(path + ".tif", compression="tiff_lzw"),
    tiff_deflate=lambda image, path: image.save(path + ".tif", compression="tiff_adobe_deflate"),
    tiff_grey=lambda image, path: image.convert("L").save(path + ".tif"),
    tiff_palette=lambda image, path: image.quantize(64).save(path + ".tif"),
    png_trailing=with_trailing,
    png_rotated=lambda image, path: rotated(image, path, ".png"),
    png_16_bits=lambda image, path: image.convert("L").save(path + ".png"),
    jpeg_rotated=lambda image, path: rotated(image, path, ".jpg", quality=90),
    webp_rotated=lambda image, path: rotated(image, path, ".webp", lossless=True),
)


def formats():
    """One class for each form, so that a wrong one is named by its class."""
    rows = {"train": [], "test": []}
    names = sorted(FORMATS)
    for split, count in [("train", 3), ("test", 2)]:
        for label, name in enumerate(names):
            for index in range(count):
                FORMATS[name](picture(17, 23), place("formats", split, name, str(index)))
            folder = place("formats", split, name)
            files = [os.path.join(folder, file) for file in sorted(os.listdir(folder))]
            rows[split] += [(np.array(Image.open(file).convert("RGB")), label) for file in files]
    expect("formats", names, rows["train"], rows["test"])


def cmyk():
    """Another decoder than Pillow's: a few levels apart."""
    rows = {"train": [], "test": []}
    for split in rows:
        for label, name in enumerate(["flat", "fine"]):
            for index in range(4):
                options = dict(quality=95) if name == "fine" else dict(quality=75)
                picture(24, 16).convert("CMYK").save(place("cmyk", split, name, f"{index}.jpg"), **options)
            folder = place("cmyk", split, name)
            files = [os.path.join(folder, file) for file in sorted(os.listdir(folder))]
            rows[split] += [(np.array(Image.open(file).convert("RGB")), ["fine", "flat"].index(name)) for file in files]
    order = lambda split: sorted(rows[split], key=lambda row: row[1])
    expect("cmyk", ["fine", "flat"], order("train"), order("test"), tolerance=4)


for make in (cifar_binary, cifar_python, mnist, folders, formats, cmyk, table, imagenet):
    make()
