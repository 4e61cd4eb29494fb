"""A raster of a stranger reads no other file, asks no server and declares no size it lacks."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.shutil import copy

from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.raster import read_raster
from ejmap_geo.rasters.raster_file import opened

SECRET = b"root:x:0:0:a secret of this machine:" + bytes(200)


class Listener:
    """A server of this machine that counts who asks."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        """End it."""
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A server that nobody may ask."""
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the machine that is none of the raster's business."""
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the stranger's files."""
    (tmp_path / "given").mkdir()
    return tmp_path / "given"


def _tiff(path: Path, **options: object) -> Path:
    profile = {"driver": "GTiff", "width": 16, "height": 8, "count": 1, "dtype": "uint8", **options}
    place = Affine(1, 0, 0, 0, -1, 8)
    with rasterio.open(path, "w", transform=place, **profile) as raster:
        if not options:
            raster.write(np.arange(128, dtype=np.uint8).reshape(1, 8, 16))
    return path


def _read_all(path: Path) -> None:
    """Read whatever we ever ask of a raster."""
    with opened(path) as raster:
        raster.read()
        raster.read_masks()
        raster.overviews(1)
        raster.read(1, out_shape=(2, 4))


def _vrt(source: str, *, extra: str = "", band: str = "", relative: int = 0) -> str:
    inner = band or (
        f"<SimpleSource><SourceFilename relativeToVRT='{relative}'>{source}</SourceFilename>"
        "<SourceBand>1</SourceBand></SimpleSource>"
    )
    return (
        f"<VRTDataset rasterXSize='16' rasterYSize='8'>{extra}"
        f"<VRTRasterBand dataType='Byte' band='1'>{inner}</VRTRasterBand></VRTDataset>"
    )


def _raw(source: str) -> str:
    return (
        "<VRTDataset rasterXSize='16' rasterYSize='8'><VRTRasterBand dataType='Byte' band='1' "
        f"subClass='VRTRawRasterBand'><SourceFilename>{source}</SourceFilename><ImageOffset>0"
        "</ImageOffset><PixelOffset>1</PixelOffset><LineOffset>16</LineOffset></VRTRasterBand>"
        "</VRTDataset>"
    )


def _wms(address: str) -> str:
    return (
        f"<GDAL_WMS><Service name='TMS'><ServerUrl>http://{address}/${{z}}/${{x}}/${{y}}"
        "</ServerUrl></Service><DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>8</UpperLeftY>"
        "<LowerRightX>16</LowerRightX><LowerRightY>0</LowerRightY><SizeX>16</SizeX><SizeY>8</SizeY>"
        "<TileLevel>0</TileLevel></DataWindow><BandsCount>1</BandsCount></GDAL_WMS>"
    )


PREFIXES = (
    *("http://{0}/a.tif", "https://{0}/a.tif", "ftp://{0}/a.tif", "s3://bucket/a.tif"),
    *("zip://{1}!a.tif", "tar://{1}!a.tif", "gs://b/a.tif", "az://b/a.tif", "hdfs://{0}/a.tif"),
    *("/vsicurl/http://{0}/a.tif", "/vsicurl_streaming/http://{0}/a.tif", "/vsis3/b/a.tif"),
    *("/vsigs/b/a.tif", "/vsiaz/b/a.tif", "/vsioss/b/a.tif", "/vsiswift/b/a.tif"),
    *("/vsiadls/b/a.tif", "/vsihdfs/{0}/a.tif", "/vsiwebhdfs/http://{0}/a.tif"),
    *("/vsizip/{1}", "/vsitar/{1}", "/vsigzip/{1}", "/vsi7z/{1}", "/vsirar/{1}"),
    *("/vsisubfile/0_100,{1}", "/vsicrypt/{1}", "/vsistdin/", "/vsimem/a.tif", "/vsisparse/{1}"),
    *("/vsicached?file={1}", "vrt://{1}", "GTIFF_DIR:1:{1}", "WMS:http://{0}/", "WCS:http://{0}/"),
    *("DERIVED_SUBDATASET:LOGAMPLITUDE:{1}", "NETCDF:{1}:a", "HDF5:{1}://a", "WMTS:http://{0}/"),
)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_name_leads_to_an_archive_or_the_network(
    prefix: str, secret: Path, listener: Listener
) -> None:
    """Names are those of files on a disk."""
    path = Path(prefix.format(listener.address, secret))

    for read in (_read_all, read_raster):
        with pytest.raises(RasterError):
            read(path)
    assert listener.asked == 0


@pytest.mark.parametrize(
    "name", ["mosaic.tif", "mosaic.TIFF", "mosaic.img", "mosaic", "mosaic.vrt"]
)
def test_no_description_reads_another_file_or_a_server(
    name: str, folder: Path, secret: Path, listener: Listener
) -> None:
    """Whatever the file that holds it is called."""
    outside = _tiff(folder.parent / "outside.tif")
    texts = (
        _vrt(str(outside)),
        _vrt("../outside.tif", relative=1),
        _vrt(f"/vsicurl/http://{listener.address}/a.tif"),
        _vrt(f"http://{listener.address}/a.tif"),
        _vrt(_wms(listener.address).replace("<", "&lt;")),
        _raw(str(secret)),
        _raw("../secret"),
        _wms(listener.address),
        _vrt(str(outside)).replace("<VRTDataset", "<VRTDataset subClass='VRTWarpedDataset'"),
        _vrt("", band=f"<PixelFunctionType>mul</PixelFunctionType><SourceFilename>{outside}"),
        f"<!DOCTYPE a [<!ENTITY b SYSTEM 'file://{secret}'>]>" + _vrt("&b;"),
        f"<WMS_Tile_Service><a>http://{listener.address}</a></WMS_Tile_Service>",
        f"http://{listener.address}/wms?SERVICE=WMS",
    )
    for text in texts:
        (folder / name).write_text(text)
        with pytest.raises(RasterError):
            _read_all(folder / name)
    assert listener.asked == 0


def test_a_vrt_over_files_below_its_folder_is_read(folder: Path) -> None:
    """It is an explicit request: its name says so. A VRT over a VRT is none."""
    tiff = _tiff(folder / "tile.tif")
    copy(tiff, folder / "mosaic.vrt", driver="VRT")
    (folder / "nested.vrt").write_text(_vrt("mosaic.vrt", relative=1))

    with opened(folder / "mosaic.vrt") as raster:
        assert raster.read(1)[7, 15] == 127
    with pytest.raises(RasterError, match="no raster below its folder"):
        _read_all(folder / "nested.vrt")


def test_a_link_out_of_the_folder_is_no_file_below_it(folder: Path) -> None:
    """A VRT with a link beside it could be unpacked from an archive."""
    _tiff(folder.parent / "outside.tif")
    (folder / "tile.tif").symlink_to(folder.parent / "outside.tif")
    (folder / "mosaic.vrt").write_text(_vrt("tile.tif", relative=1))

    with pytest.raises(RasterError, match="no raster below its folder"):
        _read_all(folder / "mosaic.vrt")


def test_a_named_file_may_be_a_link(folder: Path) -> None:
    """Mosaics lie on other disks; who names a link means the file."""
    _tiff(folder.parent / "outside.tif")
    (folder / "mosaic.tif").symlink_to(folder.parent / "outside.tif")

    _read_all(folder / "mosaic.tif")


@pytest.mark.parametrize("ending", [".msk", ".ovr"])
def test_what_lies_beside_a_raster_leads_nowhere(
    ending: str, folder: Path, secret: Path, listener: Listener
) -> None:
    """GDAL opens masks and overviews by their content."""
    path = _tiff(folder / "mosaic.tif")
    for text in (_raw(str(secret)), _wms(listener.address), _vrt(str(path))):
        path.with_name(f"{path.name}{ending}").write_text(text)
        with pytest.raises(RasterError, match="is no TIFF"):
            _read_all(path)
    assert listener.asked == 0


def test_overviews_by_name_lead_nowhere(folder: Path, listener: Listener) -> None:
    """Neither in the metadata beside a raster nor in those inside it."""
    address = f"/vsicurl/http://{listener.address}/a.tif"
    path = _tiff(folder / "mosaic.tif")
    with rasterio.open(path, "r+") as raster:
        raster.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=address)
    with pytest.raises(RasterError, match="overviews elsewhere"):
        _read_all(path)

    path = _tiff(folder / "other.tif")
    path.with_name("other.tif.aux.xml").write_text(
        f"<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{address}</MDI>"
        "</Metadata></PAMDataset>"
    )
    with pytest.raises(RasterError, match="overviews elsewhere"):
        _read_all(path)
    assert listener.asked == 0


@pytest.mark.parametrize("place", ["{secret}", "../secret", "/vsicurl/http://{address}/a.img"])
def test_a_label_of_an_archive_names_a_file_beside_it(
    place: str, folder: Path, secret: Path, listener: Listener
) -> None:
    """PDS labels name the file of their pixels."""
    named = place.format(secret=secret, address=listener.address)
    (folder / "image.lbl").write_text(
        "PDS_VERSION_ID = PDS3\nRECORD_TYPE = FIXED_LENGTH\nRECORD_BYTES = 16\nFILE_RECORDS = 8\n"
        f'^IMAGE = "{named}"\nOBJECT = IMAGE\n LINES = 8\n LINE_SAMPLES = 16\n'
        " SAMPLE_TYPE = MSB_UNSIGNED_INTEGER\n SAMPLE_BITS = 8\nEND_OBJECT = IMAGE\nEND\n"
    )
    (folder / "image.hdr").write_text("ENVI\nsamples=16\nlines=8\nbands=1\ndata type=1\n")

    with pytest.raises(RasterError):
        _read_all(folder / "image.lbl")
    assert listener.asked == 0


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"width": 400_000, "height": 200_000}, id="74 GiB"),
        pytest.param({"count": 30_000}, id="30 000 bands"),
    ],
)
def test_a_declared_size_beyond_the_file_is_refused(options: dict, folder: Path) -> None:
    """Before any pixel is read."""
    tiled = {"tiled": True, "sparse_ok": True, "compress": "deflate", "bigtiff": "yes"}
    path = _tiff(folder / "bomb.tif", **tiled, **options)

    with pytest.raises(RasterError, match=r"declares (400000 x 200000 px|30000 bands)"):
        _read_all(path)


@pytest.mark.timeout(20)
def test_a_pipe_is_no_raster(folder: Path) -> None:
    """Opening it would wait for ever."""
    os.mkfifo(folder / "mosaic.tif")

    with pytest.raises(RasterError, match="no file on a disk"):
        _read_all(folder / "mosaic.tif")
