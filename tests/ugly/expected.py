"""What ``inspect`` and ``init`` are expected to make of each of the 20 ugly files."""

CIVIL, HOUSING, DATA, PLANNING = "01 民政局", "02 住建局", "03 数据公司", "04 规划局"

POINTS = {
    "facility_id": "编号",
    "name": "名称",
    "facility_class": "类别",
    "status": "状态",
    "opened": "启用年份",
}
STATUS = {"营业": "built", "在建": "under_construction", "规划": "planned"}
BARRIER = {"path": f"{PLANNING}/控规 红线图.dxf", "encoding": "gbk", "crs": "EPSG:4548"}

GUESSED = {
    "communities": [
        {
            "path": f"{CIVIL}/青溪区 社区界（2026年6月更新）.shp",
            "encoding": "gbk",
            "crs": "EPSG:4548",
            "columns": {
                "community_id": "社区编码",
                "name": "社区名称",
                "subdistrict_id": "街道编码",
                "subdistrict_name": "街道名称",
                "settlement": "城乡类型",
                "households": "户数",
            },
            "values": {"settlement": {"城区": "urban", "县城": "county_town"}},
        }
    ],
    "circles": [
        {
            "path": f"{PLANNING}/专项规划.gpkg",
            "layer": "生活圈",
            "crs": "EPSG:4548",
            "columns": {"circle_id": "编号", "tier": "层级", "name": "名称"},
            "values": {"tier": {"15分钟": "15min", "5分钟": "5min"}},
        }
    ],
    "compounds": [
        {
            "path": f"{HOUSING}/住宅小区.kmz",
            "crs": "EPSG:4326",
            "columns": {
                "compound_id": "小区编码",
                "name": "小区名称",
                "community_id": "社区编码",
                "gated": "封闭",
                "year_built": "建成年份",
            },
        }
    ],
    "buildings": [
        {
            "path": f"{HOUSING}/城关镇 楼栋住户调查表.xlsx",
            "header_row": 3,
            "header_rows": 2,
            "crs": "EPSG:4527",
            "x": "坐标（CGCS2000）-Y",
            "y": "坐标（CGCS2000）-X",
            "columns": {
                "building_id": "楼栋编码",
                "name": "楼栋名称",
                "community_id": "社区编码",
                "compound_id": "小区编码",
                "households": "居住情况-户数",
                "elderly": "居住情况-60岁以上人口",
                "floors": "房屋情况-层数",
                "floor_area_m2": "房屋情况-建筑面积",
                "units": "居住情况-套数",
            },
        },
        {
            "path": f"{HOUSING}/房屋普查成果.zip",
            "layer": "老城街道",
            "encoding": "gbk",
            "crs": "EPSG:4490",
            "columns": {
                "building_id": "楼栋编码",
                "name": "楼栋名称",
                "community_id": "所属社区编",
                "compound_id": "所属小区编",
                "households": "户数",
                "elderly": "60岁以上人",
                "floors": "层数",
                "floor_area_m2": "建筑面积",
                "units": "套数",
            },
        },
        {
            "path": f"{HOUSING}/房屋普查成果.zip",
            "layer": "河东街道",
            "encoding": "UTF-8",
            "crs": "EPSG:4490",
            "columns": {
                "building_id": "楼栋编",
                "name": "楼栋名",
                "community_id": "社区编",
                "compound_id": "小区编",
                "households": "户数",
                "elderly": "60岁以",
                "floors": "层数",
                "floor_area_m2": "建筑面",
                "units": "套数",
            },
        },
    ],
    "facilities": [
        {
            "path": f"{DATA}/便民设施（居委会上报）.csv",
            "encoding": "gbk",
            "crs": "EPSG:4490",
            "x": "纬度",
            "y": "经度",
            "columns": POINTS,
            "values": {
                "facility_class": {
                    "公交站": "TRA.BUS",
                    "药店": "HLT.PHARM",
                    "银行网点": "FIN.BANK",
                },
                "status": STATUS,
            },
        },
        {
            "path": f"{DATA}/百度地图采集点位.csv",
            "encoding": "utf-8",
            "crs": "bd09",
            "x": "经度",
            "y": "纬度",
            "columns": POINTS,
            "values": {
                "facility_class": {
                    "便利店": "COM.CONV",
                    "便民商业": "COM.SERVICE",
                    "公共厕所": "ENV.TOILET",
                    "公园游园": "OPEN.PARK",
                    "司法所": "LAW.STUDIO",
                    "垃圾收集站": "ENV.WASTE",
                    "应急避难场所": "SAF.SHELTER",
                    "快递驿站": "COM.POST",
                    "托育机构": "CHD.NURSERY",
                    "文化活动站": "CUL.STATION",
                    "活动广场": "OPEN.PLAZA",
                    "社会组织孵化园": "SOC.HUB",
                    "社区卫生服务中心": "HLT.CENTRE",
                    "社区卫生服务站": "HLT.STATION",
                    "综合超市": "COM.SUPER",
                    "老年食堂": "ELD.CANTEEN",
                    "菜市场": "COM.MARKET",
                    "警务室": "GOV.POLICE",
                    "运动场地": "SPT.FIELD",
                    "邻里中心": "OTHER",  # of two classes: a person has to choose
                },
                "status": STATUS,
            },
        },
        {
            "path": f"{DATA}/高德地图采集点位.csv",
            "encoding": "gbk",
            "crs": "gcj02",
            "x": "经度",
            "y": "纬度",
            "columns": POINTS,
            "values": {
                "facility_class": {
                    "初中": "EDU.JUNIOR",
                    "小学": "EDU.PRIMARY",
                    "幼儿园": "CHD.KG",
                    "老年食堂": "ELD.CANTEEN",
                },
                "status": STATUS,
            },
        },
    ],
    "rooms": [
        {
            "path": f"{CIVIL}/社区服务用房台账.xls",
            "header_row": 3,
            "columns": {
                "facility_id": "设施编号",
                "facility_class": "用房类别",
                "floor_area_m2": "建筑面积（㎡）",
                "area_basis": "面积口径",
            },
            "values": {
                "facility_class": {
                    "居家养老服务站": "ELD.STATION",
                    "社区党群服务中心": "SVC.COMM",
                },
                "area_basis": {"建筑面积": "floor"},
            },
        }
    ],
    "roads": [
        {"path": f"{DATA}/青溪区步行路.osm"},
        {
            "path": f"{PLANNING}/道路中心线.geojson",
            "crs": "EPSG:4490",
            "columns": {
                "road_id": "编号",
                "name": "名称",
                "road_class": "类型",
                "bridge": "桥",
                "tunnel": "隧道",
                "layer": "层",
            },
        },
    ],
    "gates": [
        {
            "path": f"{PLANNING}/青溪区.gdb",
            "layer": "大门",
            "crs": "EPSG:4548",
            "columns": {"gate_id": "编号", "compound_id": "小区编码", "open": "开放"},
        }
    ],
    "barriers": [
        {
            **BARRIER,
            "layer": "河流中心线",
            "columns": {},
            "constants": {"barrier_kind": "river"},
        },
        {
            **BARRIER,
            "layer": "铁路中心线",
            "columns": {},
            "constants": {"barrier_kind": "railway"},
        },
    ],
    "grids": [
        {
            "path": f"{PLANNING}/青溪区.gdb",
            "layer": "网格",
            "crs": "EPSG:4548",
            "columns": {
                "grid_id": "网格编码",
                "community_id": "社区编码",
                "name": "网格名称",
                "grid_kind": "类别",
            },
        }
    ],
    "projects": [
        {
            "path": f"{PLANNING}/专项规划.gpkg",
            "layer": "项目",
            "crs": "EPSG:4548",
            "columns": {
                "project_id": "编号",
                "name": "名称",
                "facility_class": "类别",
                "status": "状态",
                "year": "年份",
                "floor_area_m2": "建筑面积",
            },
            "values": {
                "status": {
                    "建成": "built",
                    "在建": "under_construction",
                    "待建": "planned",
                }
            },
        }
    ],
    "land": [
        {
            "path": f"{PLANNING}/三调 用地现状.parquet",
            "crs": "EPSG:4548",
            "columns": {"land_kind": "地类名称", "name": "名称"},
            "values": {
                "land_kind": {
                    "其他用地": "other",
                    "城中村": "village",
                    "居住用地": "residential",
                    "工业用地": "industrial",
                    "水域": "water",
                    "空闲地": "vacant",
                    "非住宅建筑": "nonresidential_building",
                }
            },
        },
        {
            "path": f"{PLANNING}/专项规划.gpkg",
            "layer": "绿地",
            "crs": "EPSG:4548",
            "columns": {"land_kind": "类别", "name": "名称"},
            "values": {"land_kind": {"绿地": "green"}},
        },
    ],
}
"""Table -> the sources that ``init`` drafts for it, in its order, key for key."""

NOT_USED = {
    f"{CIVIL}/养老机构点位.csv": (
        "文件是空的（0 字节）。 请向数据提供者重新索取，或删去这个文件。"
    ),
    f"{CIVIL}/社区服务设施台账.csv": (
        "文件名后缀是 .csv，内容却是 .xlsx。 请把文件名后缀改成 .xlsx。"
    ),
    f"{CIVIL}/网格员名册.xlsx": (
        "有个人信息列（姓名、身份证号、联系电话），整份不用。请按社区等单元汇总人数后再用，"
        "个人信息不要放在项目文件夹里。"
    ),
    f"{CIVIL}/老年人口分布.shp": (
        "Shapefile 不全：缺 .shx、.dbf。 请向数据提供者索取同名的全部文件"
        "（.shp、.shx、.dbf、.prj），放在一起。"
    ),
    f"{DATA}/高德地图采集点位(1).csv": (
        "与 高德地图采集点位.csv 完全相同，只用那一个。 请删去多余的一份。"
    ),
    f"{PLANNING}/控规 红线图.dxf 道路红线": "名称有“道路红线”，不是评估要用的图层",
    f"{PLANNING}/控规 红线图.dxf 图框": "名称有“图框”，不是评估要用的图层",
}
"""File, and layer where it has several -> why ``init`` does not use it."""

NO_DATA = "会议纪要 0628.docx"

EVIDENCE = {
    f"{CIVIL}/青溪区 社区界（2026年6月更新）.shp": (
        "坐标系：文件自带说明“CGCS2000 / 3-degree Gauss-Kruger CM 117E”",
        "编码：按字节识别",
    ),
    f"{HOUSING}/城关镇 楼栋住户调查表.xlsx": (
        "坐标系：横坐标约 3.95248e+07，前两位 39 是 CGCS2000 带号",
        "请确认：“坐标（CGCS2000）-Y”列装的是东坐标（经度），"
        "“坐标（CGCS2000）-X”列装的是北坐标（纬度），x 和 y 已按内容写",
    ),
    f"{DATA}/便民设施（居委会上报）.csv": (
        "请确认：坐标系：约 (117.251, 31.8541)，是经纬度；未说明基准，暂按 CGCS2000。"
        "地图服务的点请改为 gcj02 或 bd09，否则偏 500 米上下",
        "请确认：“纬度”列装的是东坐标（经度），“经度”列装的是北坐标（纬度），"
        "x 和 y 已按内容写",
        "编码：按字节识别",
    ),
    f"{DATA}/百度地图采集点位.csv": (
        "请确认：坐标系：名称中有“百度”",
        "编码：按字节识别",
        "请确认：facility_class 中未认出的值：邻里中心（COM.UNIT、COM.NEIGH？）",
    ),
    f"{DATA}/高德地图采集点位.csv": (
        "请确认：坐标系：名称中有“高德”",
        "编码：按字节识别",
    ),
    f"{PLANNING}/道路中心线.geojson": (
        "请确认：坐标系：约 (117.25, 31.8532)，是经纬度；未说明基准，暂按 CGCS2000。"
        "地图服务的点请改为 gcj02 或 bd09，否则偏 500 米上下",
    ),
}
"""File -> the comments over its source, the first line (why this table) aside."""
