"""Crater tables that were tried: text and its dialects, columns of catalogues, GIS layers."""

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.crs import equidistant_cylindrical_crs, geographic_crs
from tests.inputs_tried.table_files import (
    BASHO,
    GEOGRAPHIC,
    HOKUSAI,
    Case,
    drawn,
    frame,
    lines,
    rim,
    saved,
    text,
)

HEADER = "crater_id,name,lon_deg,lat_deg,radius_m"
ROW_7, ROW_12 = "7,Hokusai,16.65,57.84,57000", "12,Basho,-170.45,-32.39,37500"
SEMICOLONS = (
    HEADER.replace(",", ";"),
    "7;Hokusai;16,65;57,84;57000",
    "12;Basho;-170,45;-32,39;37500",
)
PLAIN = f"{HEADER}\n{ROW_7}\n{ROW_12}\n"

TEXTS = (
    Case("text", "commas", text(PLAIN)),
    Case("text", "semicolons with decimal commas", lines(*SEMICOLONS)),
    Case("text", "tabs, as .tsv", text(PLAIN.replace(",", "\t"), "craters.tsv")),
    Case("text", "blanks of different widths, as .txt", text(PLAIN.replace(",", "    "), "c.txt")),
    Case("text", "vertical bars", text(PLAIN.replace(",", "|"))),
    Case("text", "`sep=;` in the first line", lines("sep=;", *SEMICOLONS)),
    Case("text", "UTF-8 with byte order mark", text(PLAIN.encode("utf-8-sig"))),
    Case("text", "UTF-16", text(PLAIN.encode("utf-16"))),
    Case("text", "UTF-16 without a mark", text(PLAIN.encode("utf-16-le"))),
    Case("text", "Windows-1252", text(PLAIN.replace("Basho", "Bash\u00f4").encode("cp1252"))),
    Case("text", "a ZIP file called .csv", text(b"PK\x03\x04\x14\x00\x01\x02" * 8)),
    Case("text", "line ends of old Macs", text(PLAIN.replace("\n", "\r"))),
    Case("text", "header as a comment", lines(f"# {HEADER}", ROW_7, ROW_12)),
    Case(
        "text",
        "comments, empty lines, a row that is commented out",
        lines("# craters", "", HEADER, ROW_7, "", "#8,Lost,1,2,30000", ROW_12),
    ),
    Case("text", "no header", lines(ROW_7.replace("Hokusai,", ""), ROW_12.replace("Basho,", ""))),
    Case(
        "text",
        "# and a quote inside of names",
        lines(HEADER, ROW_7.replace("Hokusai", "No. #1"), ROW_12.replace("Basho", "O'Kane")),
    ),
    Case(
        "text",
        "names such as NA and None",
        lines(HEADER, ROW_7.replace("Hokusai", "NA"), ROW_12.replace("Basho", "None")),
    ),
    Case(
        "text",
        "a comma inside of a quoted name",
        lines(HEADER, ROW_7.replace("Hokusai", '"Hokusai, rayed"'), ROW_12),
    ),
    Case(
        "text",
        "single quotes around all cells",
        lines(*(",".join(f"'{cell}'" for cell in row.split(",")) for row in PLAIN.split())),
    ),
    Case(
        "text",
        "a quote that is never closed",
        lines(HEADER, '7,"Hokusai,16.65,57.84,57000', ROW_12),
    ),
    Case(
        "rows",
        "decimal commas between commas",
        lines(HEADER, "7,Hokusai,16,65,57,84,57000", "12,Basho,-170,45,-32,39,37500"),
    ),
    Case(
        "rows",
        "commas after the last cell of each row, not of the header",
        lines(HEADER, f"{ROW_7},,", f"{ROW_12},,"),
    ),
    Case("rows", "commas after header and rows", lines(f"{HEADER},", f"{ROW_7},", f"{ROW_12},")),
    Case("rows", "one row with a cell too many", lines(HEADER, ROW_7, f"{ROW_12},9")),
    Case("rows", "one row with a cell too few", lines(HEADER, "7,16.65,57.84,57000", ROW_12)),
    Case("rows", "rows of empty cells", lines(HEADER, ROW_7, ",,,,", ROW_12, ",,,,")),
    Case(
        "rows", "two columns of one name", lines(f"{HEADER},lon_deg", f"{ROW_7},1", f"{ROW_12},2")
    ),
    Case(
        "rows", "a title line above the header", lines("Craters of Mercury", HEADER, ROW_7, ROW_12)
    ),
    Case(
        "numbers",
        "thousands separated by commas, quoted",
        lines(HEADER, '7,Hokusai,16.65,57.84,"57,000"', '12,Basho,-170.45,-32.39,"37,500"'),
    ),
    Case(
        "numbers",
        "thousands by blanks and points, decimal commas",
        lines(
            HEADER.replace(",", ";"),
            "7;Hokusai;16,65;57,84;57 000",
            "12;Basho;-170,45;-32,39;37.500",
        ),
    ),
    Case(
        "numbers",
        "57,000 where nothing tells what the comma is",
        lines(HEADER.replace(",", ";"), "7;Hokusai;17;58;57,000", "12;Basho;-170;-32;37,500"),
    ),
    Case(
        "numbers",
        "decimal commas and points",
        lines(
            HEADER.replace(",", ";"), "7;Hokusai;16,65;57.84;57000", "12;Basho;-170,45;-32.39;37500"
        ),
    ),
    Case("numbers", "minus signs of typesetters", text(PLAIN.replace("-", "\u2212"))),
    Case(
        "numbers", "a word for a missing value", lines(HEADER, ROW_7, "12,Basho,-170.45,-32.39,n/a")
    ),
    Case(
        "numbers",
        "a unit in the cell of one row",
        lines(HEADER, ROW_7.replace("57000", "57 km"), ROW_12),
    ),
    Case(
        "numbers",
        "units in all cells",
        lines("id,lon,lat,Radius", "7,16.65,57.84,57 km", "12,-170.45,-32.39,37500 m"),
    ),
    Case(
        "numbers",
        "units in all cells, of a column whose name states another",
        lines(HEADER, ROW_7.replace("57000", "57 km"), ROW_12.replace("37500", "37.5 km")),
    ),
    Case(
        "numbers",
        "a row of units below the header",
        lines("id,lon,lat,D", "-,deg,deg,km", "7,16.65,57.84,114", "12,-170.45,-32.39,75"),
    ),
    Case(
        "numbers",
        "a row of units with directions, in brackets",
        lines(
            "id,lon,lat,R", ",(deg W),(deg N),(m)", "7,343.35,57.84,57000", "12,170.45,-32.39,37500"
        ),
    ),
    Case(
        "numbers",
        "a row of units that contradicts a name",
        lines("id,lon,lat,R_km", ",deg,deg,m", "7,16.65,57.84,57000", "12,-170.45,-32.39,37500"),
    ),
    Case(
        "rows",
        "Markdown",
        lines(
            "| id | lon | lat | R_km |",
            "| --- | :-: | --- | ---: |",
            "| 7 | 16.65 | 57.84 | 57 |",
            "| 12 | -170.45 | -32.39 | 37.5 |",
        ),
    ),
    Case(
        "rows",
        "dashes below the header, columns of fixed width",
        text(
            "id  lon      lat     R_km\n--  -------  ------  ----\n7   16.65    57.84   57\n"
            "12  -170.45  -32.39  37.5\n",
            "craters.txt",
        ),
    ),
    Case("rows", "a note below the last row", lines(HEADER, ROW_7, ROW_12, "Source: IAU")),
    Case("rows", "a row of sums", lines(HEADER, ROW_7, ROW_12, "Total,,,,94500")),
    Case("rows", "a row of types", lines(HEADER, "int,str,float,float,float", ROW_7, ROW_12)),
    Case(
        "rows",
        "a line end inside of a name",
        lines(HEADER, ROW_7.replace("Hokusai", '"Hoku\nsai"'), ROW_12),
    ),
    Case(
        "numbers",
        "a sign and a letter",
        lines(HEADER, "7,Hokusai,16.65 E,57.84,57000", "12,Basho,-170.45 W,-32.39,37500"),
    ),
    Case(
        "numbers",
        "hours of right ascension",
        lines(HEADER, "7,Hokusai,01h06m36s,57.84,57000", ROW_12),
    ),
    Case(
        "numbers",
        "a size with its error",
        lines(HEADER, ROW_7.replace("57000", "57000\u00b1500"), ROW_12),
    ),
    Case(
        "numbers",
        "degrees with letters",
        lines(HEADER, "7,Hokusai,16.65E,57.84 N,57000", "12,Basho,170.45W,32.39S,37500"),
    ),
    Case(
        "numbers",
        "degrees with letters and signs of minutes, decimal commas",
        lines(
            HEADER.replace(",", ";"),
            "7;Hokusai;16\u00b039,0' E;57\u00b050'24\" N;57000",
            "12;Basho;W 170\u00b027';S 32\u00b023'24\";37500",
        ),
    ),
    Case(
        "numbers",
        "degrees with a letter in one row alone",
        lines(HEADER, "7,Hokusai,16.65E,57.84,57000", ROW_12),
    ),
    Case(
        "numbers",
        "a letter and west_positive",
        lines(HEADER, "7,Hokusai,16.65E,57.84,57000", "12,Basho,170.45W,-32.39,37500"),
        {"west_positive": True},
    ),
    Case(
        "numbers",
        "a latitude with the letter of a longitude",
        lines(HEADER, "7,Hokusai,16.65,57.84E,57000", ROW_12),
    ),
    Case(
        "numbers",
        "degrees and minutes separated by blanks alone",
        lines(HEADER, "7,Hokusai,16 39 00,57.84,57000", ROW_12),
    ),
    Case(
        "numbers",
        "degrees, minutes, seconds",
        lines(HEADER, ROW_7.replace("16.65", "16:39:00"), ROW_12),
    ),
    Case(
        "numbers",
        "a date in place of a radius",
        lines(HEADER, ROW_7.replace("57000", "2026-11-29"), ROW_12),
    ),
    Case("numbers", "ids as text with zeros before", lines(HEADER, f"000{ROW_7}", f"00{ROW_12}")),
)

ROBBINS = (
    "CRATER_ID,LAT_CIRC_IMG,LON_CIRC_IMG,LAT_ELLI_IMG,LON_ELLI_IMG,DIAM_CIRC_IMG,DIAM_CIRC_SD_IMG"
)
COLATITUDES = lines(
    "crater_id,lon_deg,colat,radius_m", "7,16.65,32.16,57000", "12,-170.45,122.39,37500"
)
# Length of a degree on Mercury, metres.
DEGREE_M = MERCURY.half_circumference_m / 180
MARS = (
    "CRATER_ID,LATITUDE_CIRCLE_IMAGE,LONGITUDE_CIRCLE_IMAGE,DIAM_CIRCLE_IMAGE,DEPTH_RIMFLOOR_TOPOG"
)
IAU = "Feature_ID,Feature_Name,Target,Diameter,Center_Latitude,Center_Longitude,"
IAU_LONG = "Feature ID,Feature Name,Target,Diameter,Center Latitude,Center Longitude,"
IAU_LONG += "Coordinate System,Feature Type"
SCC = """# Spatial crater count
a_axis_radius = {radius} <km>
coordinate_system_name = unknown
unit_boundary = {{vertex,sub_area,tag,lon,lat
1\t1\text\t-133.0\t-32.6
}}
# crater_diameters:
crater = {{diam, fraction, lon, lat, topo_scale_factor
114.0\t1\t16.65\t57.84\t1
75.0\t1\t-170.45\t-32.39\t1
0.5\t1\t0\t0\t1
}}
"""

CATALOGUES = (
    Case(
        "catalogues",
        "IAU gazetteer, CSV of all bodies",
        text(
            "\n\n\n\n\n"
            + IAU
            + '\n7,"Hokusai","Mercury",114,57.84,16.65,\n12,"Bash\u014d","Mercury",'
            '75,-32.39,189.55,\n6,"Aban","Mars",4.28,15.91,111.1,\n'
        ),
    ),
    Case(
        "catalogues",
        "IAU gazetteer, to the west, with other features",
        lines(
            IAU_LONG,
            '7,Hokusai,Mercury,114,57.84,343.35,"Planetographic, +West, 0 - 360","Crater, craters"',
            '12,Basho,Mercury,75,-32.39,170.45,"Planetographic, +West, 0 - 360","Crater, craters"',
            '979,Caloris,Mercury,1500,31.65,198.02,"Planetographic, +West, 0 - 360","Planitia"',
        ),
    ),
    Case("catalogues", "IAU gazetteer of the Moon", lines(IAU, "9,Abbe,Moon,63.98,-57.58,174.77,")),
    Case(
        "catalogues",
        "IAU gazetteer, Shapefile",
        drawn(
            "c.shp",
            [Point(HOKUSAI[:2]), Point(BASHO[:2])],
            columns=pd.DataFrame(
                {
                    "name": ["Hokusai", "Basho"],
                    "diameter": [114.0, 75.0],
                    "center_lon": [343.35, 170.45],
                    "center_lat": [57.84, -32.39],
                    "type": ["Crater, craters"] * 2,
                }
            ),
        ),
        ids=False,
    ),
    Case(
        "catalogues",
        "Robbins, Moon",
        lines(
            ROBBINS,
            "00-1-000000,57.84,16.65,57.83,16.64,114,0.1",
            "00-1-000001,-32.39,189.55,-32.38,189.54,75,0.1",
            "00-1-000002,1,2,1,2,0.8,0.1",
        ),
        ids=False,
    ),
    Case(
        "catalogues",
        "Robbins, Mars",
        lines(MARS, "01-000000,57.84,16.65,114,1", "01-000001,-32.39,-170.45,75,1"),
        ids=False,
    ),
    Case(
        "catalogues",
        "Herrick, Fassett, Kinczyk: `Lat, Long, Diameter (km)`",
        lines("Name,Lat,Long,Diameter (km)", "Hokusai,57.84,16.65,114", "Basho,-32.39,189.55,75"),
        ids=False,
    ),
    Case(
        "catalogues",
        "craterpy: `Diameter (km),Latitude,Longitude`",
        lines("Diameter (km),Latitude,Longitude", "114.00,57.84,16.65", "75.00,-32.39,189.55"),
        ids=False,
    ),
    Case("catalogues", "Craterstats .scc", text(SCC.format(radius=2439.4), "count.scc"), ids=False),
    Case("catalogues", "Craterstats .scc of Mars", text(SCC.format(radius=3396.19), "count.scc")),
    Case("catalogues", "Craterstats .diam", text("114\n75\n", "count.diam")),
    Case(
        "columns",
        "a unit-less diameter in kilometres",
        saved(frame("crater_id", "name", "clon", "clat", "diameter", radius=0.002)),
    ),
    Case(
        "columns",
        "a unit-less diameter in metres",
        saved(frame("id", "name", "lon_e", "Center_Lat", "diam", radius=2)),
    ),
    Case(
        "columns",
        "a unit-less diameter from 1000 to 2400",
        lines("id,lon,lat,D", "7,16.65,57.84,1140", "12,-170.45,-32.39,2300"),
    ),
    Case(
        "columns",
        "`R_km`",
        saved(frame("crat_FID", "name", "long", "latitude", "R_km", radius=0.001)),
    ),
    Case(
        "columns",
        "radius_m beside a diameter that it equals",
        saved(frame(radius=2).assign(diameter_km=[114, 75])),
    ),
    Case(
        "columns",
        "Lat and LAT",
        lines("id,lon,Lat,LAT,R_km", "7,16.65,57.84,1,57", "12,-170.45,-32.39,2,37.5"),
    ),
    Case(
        "columns",
        "longitudes to the west by name",
        lines("id,Lon (\u00b0W),Lat (\u00b0),D [km]", "7,343.35,57.84,114", "12,170.45,-32.39,75"),
    ),
    Case(
        "columns",
        "west_positive for longitudes to the east by name",
        lines("id,lon_e,lat,D_km", "7,16.65,57.84,114", "12,-170.45,-32.39,75"),
        {"west_positive": True},
    ),
    Case("columns", "longitudes 0..360", lines(HEADER, ROW_7, ROW_12.replace("-170.45", "189.55"))),
    Case(
        "columns",
        "stated: radius_m=size*1000",
        lines("crater_id,lon_deg,lat_deg,size", "7,16.65,57.84,57", "12,-170.45,-32.39,37.5"),
        {"columns": {"radius_m": "size*1000"}},
    ),
    Case(
        "columns",
        "stated: colatitude, lat_deg=90-colat",
        COLATITUDES,
        {"columns": {"lat_deg": "90-colat"}},
    ),
    Case(
        "columns",
        "a colatitude that nobody states",
        COLATITUDES,
    ),
    Case(
        "columns",
        "stated: metres of a map about 180, lon_deg=x/42575.56176+180",
        lines(
            "crater_id,x,y,radius_m",
            f"7,{-163.35 * DEGREE_M},{57.84 * DEGREE_M},57000",
            f"12,{9.55 * DEGREE_M},{-32.39 * DEGREE_M},37500",
        ),
        {"columns": {"lon_deg": "x/42575.56176+180", "lat_deg": "y/42575.56176"}},
    ),
    Case(
        "columns",
        "metres of a map that nobody states, as x and y",
        lines("crater_id,x,y,radius_m", "7,708883,2462570,57000", "12,-7257000,-1379020,37500"),
    ),
    Case(
        "columns",
        "metres of a map called lon and lat",
        lines("id,lon,lat,radius_m", "7,708883,2462570,57000", "12,-7257000,-1379020,37500"),
    ),
    Case(
        "columns",
        "stated: longitudes turned round, lon_deg=360-lon_w",
        lines("id,lon_w,lat,radius_m", "7,343.35,57.84,57000", "12,170.45,-32.39,37500"),
        {"columns": {"lon_deg": "360-lon_w"}},
    ),
    Case(
        "columns",
        "stated: a column whose name says west",
        lines("id,Lon_W,lat,radius_m", "7,343.35,57.84,57000", "12,170.45,-32.39,37500"),
        {"columns": {"lon_deg": "Lon_W"}},
    ),
    Case(
        "columns",
        "planetographic latitude, planetocentric longitude",
        lines(
            "id,planetocentric_longitude,Latitude (planetographic),radius_m",
            "7,16.65,57.84,57000",
            "12,-170.45,-32.39,37500",
        ),
    ),
    Case(
        "columns",
        "planetographic longitude",
        lines(
            "id,planetographic_longitude,planetographic_latitude,radius_m",
            "7,343.35,57.84,57000",
            "12,170.45,-32.39,37500",
        ),
    ),
    Case(
        "columns",
        "latitudes to the north by name",
        lines("id,Lon (\u00b0E),Lat (\u00b0N),D [km]", "7,16.65,57.84,114", "12,-170.45,-32.39,75"),
    ),
    Case(
        "columns",
        "`lon (0-360W)`, `Diameter in km`",
        lines("id,lon (0-360W),lat,Diameter in km", "7,343.35,57.84,114", "12,170.45,-32.39,75"),
    ),
    Case("columns", "a size in miles", lines("id,lon,lat,Diameter (mi)", "7,16.65,57.84,70")),
    Case(
        "columns",
        "latitude and longitude in one cell",
        lines("id,coords,R_km", '7,"57.84N, 16.65E",57', '12,"32.39S, 170.45W",37.5'),
    ),
    Case("columns", "stated, but missing", text(PLAIN), {"columns": {"radius_m": "size*1000"}}),
    Case(
        "columns",
        "geometries as text (WKT)",
        lines(
            "crater_id,radius_m,WKT",
            "7,57000,POINT (16.65 57.84)",
            "12,37500,POINT (-170.45 -32.39)",
        ),
    ),
    Case("columns", "radii in kilometres called radius_m", saved(frame(radius=0.001))),
)

RADIANS = tuple(
    (n, *np.radians((lon, lat)), 20_000.0)
    for n, (lon, lat) in enumerate(
        [(16.65, 57.84), (-170.45, -32.39), (90, 10), (120, -70), (-60, 80)]
    )
)
IN_RADIANS = saved(
    pd.DataFrame(RADIANS, columns=pd.Index(["crater_id", "lon_deg", "lat_deg", "radius_m"]))
)
DEGREES = "57.29577951308232"
WHOLE = (
    Case("the whole", "radians", IN_RADIANS),
    Case(
        "the whole",
        "radians, stated",
        IN_RADIANS,
        {"columns": {"lon_deg": f"lon_deg*{DEGREES}", "lat_deg": f"lat_deg*{DEGREES}"}},
        truth=tuple((n, np.degrees(lon), np.degrees(lat), r) for n, lon, lat, r in RADIANS),
    ),
    Case(
        "the whole",
        "degrees in the range of radians, stated",
        IN_RADIANS,
        {"columns": {"lon_deg": "lon_deg", "lat_deg": "lat_deg"}},
        truth=RADIANS,
    ),
    Case(
        "the whole",
        "the same crater three times under other ids",
        lines(HEADER, ROW_7, ROW_7.replace("7,", "8,", 1), ROW_7.replace("7,", "9,", 1)),
    ),
    Case(
        "the whole",
        "the same two craters twice under other ids",
        lines(HEADER, ROW_7, ROW_12, ROW_7.replace("7,", "8,", 1), ROW_12.replace("12,", "13,", 1)),
    ),
    Case(
        "the whole",
        "all craters within the smallest",
        lines(HEADER, *(f"{n},x,0.000{n},0,{30000 + n}" for n in range(1, 6))),
    ),
    Case(
        "the whole",
        "latitude and longitude swapped",
        lines(HEADER.replace("lon_deg,lat_deg", "lat_deg,lon_deg"), ROW_7, ROW_12),
    ),
    Case("the whole", "radii larger than the planet", saved(frame(radius=1000))),
)

POINTS = [Point(HOKUSAI[:2]), Point(BASHO[:2])]
RIMS = [rim(*HOKUSAI), rim(*BASHO)]
ONLY_IDS = frame()[["crater_id", "name"]]
EQC = equidistant_cylindrical_crs(MERCURY)
ON_MAP = Transformer.from_crs(GEOGRAPHIC, EQC, always_xy=True)
IN_METRES = [Point(ON_MAP.transform(*one[:2])) for one in (HOKUSAI, BASHO)]
DATUM = 'DATUM["Mercury",ELLIPSOID["Mercury",2439400,0]]'
ANGLE = 'ANGLEUNIT["degree",0.0174532925199433]'


def geographic(lon: str = "east", meridian: float = 0, *, lat_first: bool = False) -> CRS:
    """Return longitude and latitude with another direction, meridian or order."""
    axes = [f'AXIS["longitude",{lon}', 'AXIS["latitude",north']
    axes = axes[::-1] if lat_first else axes
    listed = ",".join(f"{axis},ORDER[{number}]]" for number, axis in enumerate(axes, start=1))
    prime = f'PRIMEM["Hun Kal",{meridian},{ANGLE}]'
    return CRS.from_wkt(f'GEOGCRS["Mercury",{DATUM},{prime},CS[ellipsoidal,2],{listed},{ANGLE}]')


def moved(east: float = 1, by: float = 0) -> list[Point]:
    """Return the centres with other longitudes."""
    return [Point(east * point.x + by, point.y) for point in POINTS]


COMPOUND = CRS.from_wkt(
    f'COMPOUNDCRS["with heights",{GEOGRAPHIC.to_wkt()},VERTCRS["h",VDATUM["areoid"],'
    'CS[vertical,1],AXIS["h",up],LENGTHUNIT["metre",1]]]'
)
AT_180 = (179.9, 10.0, 60_000.0)
AT_POLE = (0.0, 90.0, np.radians(1) * MERCURY.radius_m)
OF_ONE = ONLY_IDS.iloc[:1]
BAND = [(lon, 89.0) for lon in range(-180, 181, 5)]


def split_at_180(one: Polygon) -> MultiPolygon:
    """Return a rim in two parts, on either side of the antimeridian."""
    ring = np.array(one.exterior.coords)
    whole = Polygon(np.column_stack([ring[:, 0] % 360, ring[:, 1]]))
    east = translate(whole.intersection(box(180, -90, 360, 90)), xoff=-360)
    return MultiPolygon([whole.intersection(box(0, -90, 180, 90)), east])


LAYERS = (
    *(
        Case("layers", f"centres as {name[1:]}", drawn(f"c{name}", POINTS))
        for name in (".gpkg", ".shp", ".fgb", ".parquet")
    ),
    Case("layers", "rims without a radius", drawn("c.gpkg", RIMS, columns=ONLY_IDS)),
    Case(
        "layers",
        "rims drawn as closed lines",
        drawn("c.gpkg", [LineString(one.exterior) for one in RIMS]),
    ),
    Case(
        "layers",
        "rims with holes (annuli)",
        drawn(
            "c.gpkg",
            [
                Polygon(one.exterior, [rim(lon, lat, r / 2).exterior.coords])
                for one, (lon, lat, r) in zip(RIMS, (HOKUSAI, BASHO), strict=True)
            ],
            columns=ONLY_IDS,
        ),
    ),
    Case(
        "layers",
        "a rim that is split at 180",
        drawn("c.gpkg", [split_at_180(rim(*AT_180))], columns=OF_ONE),
        truth=((7, *AT_180),),
    ),
    Case(
        "layers",
        "a rim around the pole, drawn as a band",
        drawn("c.gpkg", [Polygon([*BAND, (180, 90), (-180, 90)])], columns=OF_ONE),
        truth=((7, *AT_POLE),),
    ),
    Case(
        "layers",
        "multipoints of one point",
        drawn("c.gpkg", [MultiPoint([point]) for point in POINTS]),
    ),
    Case("layers", "a multipoint of two points", drawn("c.gpkg", [MultiPoint(POINTS), POINTS[1]])),
    Case(
        "layers",
        "points with heights",
        drawn("c.gpkg", [Point(*point.coords[0], 100) for point in POINTS]),
    ),
    Case("layers", "an open line", drawn("c.gpkg", [LineString([(0, 0), (1, 1)])] * 2)),
    Case(
        "layers",
        "GeoJSON, which is of the Earth unless it says otherwise",
        drawn("c.geojson", POINTS, crs="EPSG:4326"),
    ),
    Case("layers", "GeoJSON in metres", drawn("c.geojson", IN_METRES, crs="EPSG:4326")),
    Case(
        "layers",
        "KML",
        drawn("c.kml", POINTS, crs="EPSG:4326", driver="KML", columns=frame()[["name"]]),
    ),
    Case(
        "layers",
        "the id as the id column of the GeoPackage",
        drawn("c.gpkg", POINTS, layer_options={"FID": "crater_id"}),
    ),
    Case("CRS of layers", "metres of a map", drawn("c.gpkg", IN_METRES, crs=EQC)),
    Case(
        "CRS of layers",
        "kilometres of a map",
        drawn(
            "c.gpkg",
            [Point(p.x / 1000, p.y / 1000) for p in IN_METRES],
            crs=CRS.from_proj4("+proj=eqc +R=2439400 +units=km"),
        ),
    ),
    Case("CRS of layers", "degrees in a CRS of metres", drawn("c.gpkg", POINTS, crs=EQC)),
    Case("CRS of layers", "metres in a CRS of degrees", drawn("c.gpkg", IN_METRES)),
    Case("CRS of layers", "none", drawn("c.parquet", POINTS, crs=None)),
    Case("CRS of layers", "the Earth's", drawn("c.gpkg", POINTS, crs="EPSG:4326")),
    Case("CRS of layers", "the Moon's", drawn("c.gpkg", POINTS, crs=geographic_crs(MOON))),
    Case(
        "CRS of layers", "another sphere of Mercury", drawn("c.gpkg", POINTS, crs="IAU_2015:19900")
    ),
    Case(
        "CRS of layers",
        "prime meridian 20 degrees east",
        drawn("c.parquet", moved(by=-20), crs=geographic(meridian=20)),
    ),
    Case(
        "CRS of layers",
        "longitude to the west",
        drawn("c.parquet", moved(east=-1), crs=geographic("west")),
    ),
    Case(
        "CRS of layers",
        "latitude first, longitude to the west",
        drawn("c.parquet", moved(east=-1), crs=geographic("west", lat_first=True)),
    ),
    Case("CRS of layers", "compound, with heights", drawn("c.parquet", POINTS, crs=COMPOUND)),
)
TABLES = (*TEXTS, *CATALOGUES, *WHOLE, *LAYERS)
