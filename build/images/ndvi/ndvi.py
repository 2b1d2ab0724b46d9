#!/usr/bin/python3
"""Vegetation index (NDVI) of a raster: ndvi.tif, quicklook.png and statistics.json in the current directory.

The raster is read once and in chunks, so its size is bounded by the disk and not by the memory.
Exit code 2 and one line on stderr tell what is wrong with the arguments or the image; 1 is trouble with the outputs.
"""

import argparse
import json
import math
import os
import sys

import numpy
from osgeo import gdal, osr

NODATA = -9999.0
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CHUNK_PIXELS = 1 << 20
QUICKLOOK_PIXELS = 1024
HISTOGRAM_EDGES = numpy.linspace(-1.0, 1.0, 41)

# Bare soil and water in browns, vegetation in greens.
RAMP = [
    (-1.0, (84, 48, 5)),
    (-0.2, (166, 97, 26)),
    (0.0, (223, 194, 125)),
    (0.1, (246, 232, 195)),
    (0.2, (217, 240, 163)),
    (0.4, (120, 198, 121)),
    (0.6, (35, 132, 67)),
    (1.0, (0, 69, 41)),
]


class UserError(Exception):
    """Something only the caller can put right."""


class ArgumentParser(argparse.ArgumentParser):
    """Reports wrong arguments in one line, like every other mistake."""

    def error(self, message):
        raise UserError(message)


class Progress:
    """Progress lines, one for each new multiple of five percent."""

    def __init__(self):
        self.last = -5

    def report(self, percent, message):
        percent = min(100, int(percent))
        if percent >= self.last + 5 or percent == 100:
            self.last = percent
            print(f"::progress {percent} {message}", flush=True)


class Statistics:
    """Statistics of a stream of arrays (Chan, Golub, LeVeque: merging two sets without losing digits)."""

    def __init__(self):
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0
        self.minimum = math.inf
        self.maximum = -math.inf
        self.histogram = numpy.zeros(len(HISTOGRAM_EDGES) - 1, dtype=numpy.int64)

    def add(self, values):
        if values.size == 0:
            return
        values = values.astype(numpy.float64)
        mean = float(values.mean())
        delta = mean - self.mean
        total = self.count + values.size
        self.squares += float(((values - mean) ** 2).sum()) + delta * delta * self.count * values.size / total
        self.mean += delta * values.size / total
        self.count = total
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))
        # Negative reflectances can push the index beyond -1 or 1: such pixels count in the outermost bins.
        self.histogram += numpy.histogram(numpy.clip(values, -1.0, 1.0), bins=HISTOGRAM_EDGES)[0]

    def document(self):
        return {
            "min": self.minimum,
            "max": self.maximum,
            "mean": self.mean,
            "standardDeviation": math.sqrt(self.squares / self.count),
            "validPixels": self.count,
            "histogram": {
                "edges": [round(float(edge), 6) for edge in HISTOGRAM_EDGES],
                "counts": [int(count) for count in self.histogram],
            },
        }


def open_image(path):
    if not os.path.isfile(path):
        raise UserError(f"Image not found: {path}")
    try:
        return gdal.Open(path, gdal.GA_ReadOnly)
    except RuntimeError as error:
        raise UserError(f"Image cannot be read: {first_line(error)}") from error


def band_of(dataset, number, role):
    if not 1 <= number <= dataset.RasterCount:
        raise UserError(f"There is no band {number} ({role}): the image has {dataset.RasterCount} band(s)")
    return dataset.GetRasterBand(number)


def parse_bbox(text):
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise UserError(f"The bounding box is not a list of numbers: {text}") from error
    if len(numbers) == 6:  # heights do not matter here
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise UserError(f"The bounding box must have four or six numbers: {text}")
    return numbers


def window_of(dataset, bbox, bbox_crs):
    """The pixels (x, y, width, height) that the box touches."""
    raster_crs = dataset.GetSpatialRef()
    transform = dataset.GetGeoTransform(can_return_null=True)
    inverse = gdal.InvGeoTransform(transform) if transform else None
    if raster_crs is None or inverse is None:
        raise UserError("The image is not georeferenced, so a bounding box cannot be applied to it")
    raster_crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)

    # The box keeps the axis order that its CRS defines: longitude first in CRS84, latitude first in EPSG:4326.
    box_crs = osr.SpatialReference()
    try:
        box_crs.SetFromUserInput(bbox_crs)
    except RuntimeError as error:
        raise UserError(f"Unknown coordinate reference system of the bounding box: {bbox_crs}") from error
    try:
        minx, miny, maxx, maxy = osr.CoordinateTransformation(box_crs, raster_crs).TransformBounds(*bbox, 21)
        if not all(math.isfinite(number) for number in (minx, miny, maxx, maxy)):
            raise RuntimeError("the result is not finite")
    except RuntimeError as error:
        raise UserError(
            f"The bounding box cannot be transformed to the image's coordinate reference system: {first_line(error)}"
        ) from error

    corners = [gdal.ApplyGeoTransform(inverse, x, y) for x in (minx, maxx) for y in (miny, maxy)]
    # A box drawn along pixel borders must not gain a row through rounding, hence the tolerance.
    left = max(0, math.floor(min(x for x, _ in corners) + 1e-6))
    right = min(dataset.RasterXSize, math.ceil(max(x for x, _ in corners) - 1e-6))
    top = max(0, math.floor(min(y for _, y in corners) + 1e-6))
    bottom = min(dataset.RasterYSize, math.ceil(max(y for _, y in corners) - 1e-6))
    if left >= right or top >= bottom:
        raise UserError("The bounding box does not intersect the image")
    return left, top, right - left, bottom - top


def chunks_of(window, band):
    """Chunks of the window, following the blocks of the file as far as the memory allows."""
    left, top, width, height = window
    block_width, block_height = band.GetBlockSize()
    columns = min(width, block_width * max(1, 2048 // block_width))
    rows = block_height * max(1, CHUNK_PIXELS // (columns * block_height))
    rows = min(height, rows, max(1, 4 * CHUNK_PIXELS // columns))
    for y in range(0, height, rows):
        for x in range(0, width, columns):
            yield x, y, min(columns, width - x), min(rows, height - y)


def read(band, x, y, width, height):
    """The values as float64 with scale and offset applied, and which of them are valid."""
    values = band.ReadAsArray(x, y, width, height).astype(numpy.float64)
    valid = numpy.isfinite(values)
    if not band.GetMaskFlags() & gdal.GMF_ALL_VALID:
        valid &= band.GetMaskBand().ReadAsArray(x, y, width, height) != 0
    scale, offset = band.GetScale(), band.GetOffset()
    if scale not in (None, 1.0) or offset not in (None, 0.0):
        values = values * (1.0 if scale is None else scale) + (offset or 0.0)
    return values, valid


def create_target(path, dataset, window):
    left, top, width, height = window
    target = gdal.GetDriverByName("GTiff").Create(
        path, width, height, 1, gdal.GDT_Float32,
        ["COMPRESS=DEFLATE", "PREDICTOR=3", "TILED=YES", "BIGTIFF=IF_SAFER"])
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform:
        x, y = gdal.ApplyGeoTransform(transform, left, top)
        target.SetGeoTransform((x, transform[1], transform[2], y, transform[4], transform[5]))
    if dataset.GetSpatialRef() is not None:
        target.SetSpatialRef(dataset.GetSpatialRef())
    elif dataset.GetGCPCount() and (left, top) == (0, 0):
        target.SetGCPs(dataset.GetGCPs(), dataset.GetGCPSpatialRef())
    band = target.GetRasterBand(1)
    band.SetNoDataValue(NODATA)
    band.SetDescription("NDVI")
    return target


def compute(dataset, red_band, nir_band, window, target, progress):
    statistics = Statistics()
    left, top, width, height = window
    output = target.GetRasterBand(1)
    for x, y, columns, rows in chunks_of(window, red_band):
        red, red_valid = read(red_band, left + x, top + y, columns, rows)
        nir, nir_valid = read(nir_band, left + x, top + y, columns, rows)
        total = red + nir
        valid = red_valid & nir_valid & (total != 0)
        index = numpy.full(total.shape, NODATA, dtype=numpy.float32)
        # The statistics are those of the values as stored.
        index[valid] = ((nir[valid] - red[valid]) / total[valid]).astype(numpy.float32)
        output.WriteArray(index, x, y)
        statistics.add(index[valid])
        done = (y * width + rows * (x + columns)) / (width * height)
        progress.report(5 + 80 * done, f"Computed the index of rows {y + 1} to {y + rows} of {height}")
    if statistics.count == 0:
        raise UserError("The selected area has no valid pixel: every one is nodata or zero in both bands")
    target.FlushCache()
    return statistics


def draw_quicklook(path, source):
    band = source.GetRasterBand(1)
    shrink = max(1.0, max(source.RasterXSize, source.RasterYSize) / QUICKLOOK_PIXELS)
    width = max(1, round(source.RasterXSize / shrink))
    height = max(1, round(source.RasterYSize / shrink))
    index = band.ReadAsArray(buf_xsize=width, buf_ysize=height, resample_alg=gdal.GRIORA_Average)
    stops = [stop for stop, _ in RAMP]
    image = gdal.GetDriverByName("MEM").Create("", width, height, 4, gdal.GDT_Byte)
    for channel in range(3):
        colours = numpy.interp(index, stops, [colour[channel] for _, colour in RAMP])
        image.GetRasterBand(channel + 1).WriteArray(numpy.rint(colours).astype(numpy.uint8))
    image.GetRasterBand(4).WriteArray(numpy.where(index == NODATA, 0, 255).astype(numpy.uint8))
    image.GetRasterBand(4).SetColorInterpretation(gdal.GCI_AlphaBand)
    gdal.GetDriverByName("PNG").CreateCopy(path, image)


def first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def parse_arguments(argv):
    # argparse takes a box that begins with a negative longitude for an option unless it is glued to its own.
    glued = []
    words = iter(argv)
    for word in words:
        following = next(words, None) if word == "--bbox" else None
        glued.append(word if following is None else f"{word}={following}")

    parser = ArgumentParser(prog="ndvi", description="Vegetation index (NDVI) of a raster image.")
    parser.add_argument("--image", required=True, metavar="PATH", help="any raster that GDAL reads")
    parser.add_argument("--red", type=int, default=3, metavar="N", help="number of the red band (default 3)")
    parser.add_argument("--nir", type=int, default=4, metavar="N", help="number of the near infrared band (default 4)")
    parser.add_argument("--bbox", metavar="MINX,MINY,MAXX,MAXY", help="only this part of the image")
    parser.add_argument("--bbox-crs", default=CRS84, metavar="URI", help="CRS of the bounding box (default CRS84)")
    return parser.parse_args(glued)


def run(arguments):
    progress = Progress()
    progress.report(0, "Opening the image")
    dataset = open_image(arguments.image)
    red_band = band_of(dataset, arguments.red, "red")
    nir_band = band_of(dataset, arguments.nir, "near infrared")
    if arguments.red == arguments.nir:
        raise UserError(f"Red and near infrared are the same band ({arguments.red})")
    window = (0, 0, dataset.RasterXSize, dataset.RasterYSize)
    if arguments.bbox:
        window = window_of(dataset, parse_bbox(arguments.bbox), arguments.bbox_crs)
    progress.report(5, f"Reading bands {arguments.red} and {arguments.nir}, {window[2]} x {window[3]} pixels")

    target = create_target("ndvi.tif", dataset, window)
    try:
        statistics = compute(dataset, red_band, nir_band, window, target, progress)
    except RuntimeError as error:
        raise UserError(f"Image cannot be processed: {first_line(error)}") from error

    progress.report(90, "Drawing the quick look")
    draw_quicklook("quicklook.png", target)
    del target  # closes the file
    with open("statistics.json", "w", encoding="utf-8") as file:
        json.dump(statistics.document(), file, indent=2)
    progress.report(100, f"{statistics.count} valid pixels, mean NDVI {statistics.mean:.3f}")


def main():
    gdal.UseExceptions()
    osr.UseExceptions()
    # GDAL would take 5 % of the host's memory, not of the container's, and leave .aux.xml files beside the outputs.
    gdal.SetCacheMax(128 * 1024 * 1024)
    gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
    try:
        run(parse_arguments(sys.argv[1:]))
    except UserError as error:
        print(f"ndvi: {error}", file=sys.stderr)
        return 2
    except (RuntimeError, OSError) as error:  # a full disk, a directory that cannot be written
        print(f"ndvi: {first_line(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
