"""Main cities of the area codes of the United States and Canada.

phonenumbers knows which places an exchange belongs to, but no coordinates, postal
codes or LATAs. This table has them, roughly, for the main city of each area code;
the towns around a city are put near it by sandbox/twilio/places.py.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class City:
    """A city, where it is in degrees, how its postal codes begin, its LATA or none."""

    name: str
    region: str
    latitude: float
    longitude: float
    postal_prefix: str
    lata: str | None


# name | state or province | latitude | longitude | postal codes begin | LATA | area codes
TABLE = """
Birmingham|AL|33.52|-86.80|352|476|205 659
Huntsville|AL|34.73|-86.59|358|477|256 938
Montgomery|AL|32.37|-86.30|361|478|334
Mobile|AL|30.69|-88.04|366|480|251
Anchorage|AK|61.22|-149.90|995|832|907
Phoenix|AZ|33.45|-112.07|850|666|602
Tucson|AZ|32.22|-110.97|857|668|520
Mesa|AZ|33.42|-111.83|852|666|480
Glendale|AZ|33.54|-112.19|853|666|623
Flagstaff|AZ|35.20|-111.65|860|666|928
Little Rock|AR|34.75|-92.29|722|528|501
Jonesboro|AR|35.84|-90.70|724|530|870
Fort Smith|AR|35.39|-94.40|729|526|479
San Francisco|CA|37.77|-122.42|941|722|415 628
Oakland|CA|37.80|-122.27|946|722|510 341
San Jose|CA|37.34|-121.89|951|722|408 669
San Mateo|CA|37.56|-122.33|944|722|650
Concord|CA|37.98|-122.03|945|722|925
Santa Rosa|CA|38.44|-122.71|954|722|707
Santa Cruz|CA|36.97|-122.03|950|736|831
Sacramento|CA|38.58|-121.49|958|726|916 279
Redding|CA|40.59|-122.39|960|724|530
Stockton|CA|37.96|-121.29|952|738|209
Fresno|CA|36.74|-119.79|937|728|559
Bakersfield|CA|35.37|-119.02|933|734|661
San Luis Obispo|CA|35.28|-120.66|934|740|805
Los Angeles|CA|34.05|-118.24|900|730|213 323 738
Beverly Hills|CA|34.07|-118.40|902|730|310 424
Long Beach|CA|33.77|-118.19|908|730|562
Pasadena|CA|34.15|-118.14|911|730|626
Van Nuys|CA|34.19|-118.45|914|730|747 818
Anaheim|CA|33.84|-117.91|928|730|714 657
Irvine|CA|33.68|-117.83|926|730|949
Riverside|CA|33.95|-117.40|925|730|951
San Bernardino|CA|34.11|-117.29|924|730|909 840
San Diego|CA|32.72|-117.16|921|732|619 858
Oceanside|CA|33.20|-117.38|920|732|760 442
Denver|CO|39.74|-104.99|802|656|303 720 983
Colorado Springs|CO|38.83|-104.82|809|658|719
Fort Collins|CO|40.59|-105.08|805|656|970
Hartford|CT|41.77|-72.67|061|920|860 959
New Haven|CT|41.31|-72.92|065|920|203 475
Wilmington|DE|39.74|-75.55|198|228|302
Washington|DC|38.91|-77.04|200|236|202 771
Miami|FL|25.76|-80.19|331|460|305 786 645
Fort Lauderdale|FL|26.12|-80.14|333|460|954 754
West Palm Beach|FL|26.72|-80.05|334|460|561 728
Orlando|FL|28.54|-81.38|328|458|407 689 321
Tampa|FL|27.95|-82.46|336|952|813 656
St. Petersburg|FL|27.77|-82.64|337|952|727
Sarasota|FL|27.34|-82.53|342|952|941
Fort Myers|FL|26.64|-81.87|339|939|239
Lakeland|FL|28.04|-81.95|338|952|863
Jacksonville|FL|30.33|-81.66|322|452|904 324
Gainesville|FL|29.65|-82.32|326|454|352
Daytona Beach|FL|29.21|-81.02|321|456|386
Tallahassee|FL|30.44|-84.28|323|953|850 448
Port St. Lucie|FL|27.29|-80.35|349|460|772
Atlanta|GA|33.75|-84.39|303|438|404 470 678 943
Marietta|GA|33.95|-84.55|300|438|770
Augusta|GA|33.47|-81.97|309|442|706 762
Savannah|GA|32.08|-81.09|314|440|912
Macon|GA|32.84|-83.63|312|446|478
Albany|GA|31.58|-84.16|317|448|229
Honolulu|HI|21.31|-157.86|968|834|808
Boise|ID|43.62|-116.20|837|652|208 986
Chicago|IL|41.88|-87.63|606|358|312 773 872
Evanston|IL|42.04|-87.69|602|358|847 224
Aurora|IL|41.76|-88.32|605|358|630 331
Joliet|IL|41.53|-88.08|604|358|815 779
Cicero|IL|41.85|-87.75|608|358|708 464
Peoria|IL|40.69|-89.59|616|368|309 861
Springfield|IL|39.80|-89.64|627|374|217 447
Belleville|IL|38.52|-89.98|622|520|618 730
Indianapolis|IN|39.77|-86.16|462|336|317 463
Fort Wayne|IN|41.08|-85.14|468|334|260
South Bend|IN|41.68|-86.25|466|332|574
Gary|IN|41.59|-87.35|464|358|219
Lafayette|IN|40.42|-86.88|479|336|765
Evansville|IN|37.97|-87.57|477|330|812 930
Des Moines|IA|41.59|-93.62|503|632|515
Cedar Rapids|IA|41.98|-91.67|524|635|319
Davenport|IA|41.52|-90.58|528|634|563
Waterloo|IA|42.49|-92.34|507|635|641
Sioux City|IA|42.50|-96.40|511|630|712
Wichita|KS|37.69|-97.34|672|532|316
Kansas City|KS|39.11|-94.63|661|524|913
Topeka|KS|39.05|-95.68|666|534|785
Dodge City|KS|37.75|-100.02|678|532|620
Louisville|KY|38.25|-85.76|402|462|502
Lexington|KY|38.04|-84.50|405|466|859
Bowling Green|KY|36.99|-86.44|421|462|270 364
Ashland|KY|38.48|-82.64|411|932|606
New Orleans|LA|29.95|-90.07|701|490|504
Baton Rouge|LA|30.45|-91.19|708|492|225
Shreveport|LA|32.53|-93.75|711|486|318
Lafayette|LA|30.22|-92.02|705|488|337
Houma|LA|29.60|-90.72|703|490|985
Portland|ME|43.66|-70.26|041|120|207
Baltimore|MD|39.29|-76.61|212|238|410 443 667
Silver Spring|MD|38.99|-77.03|209|236|240 301 227
Boston|MA|42.36|-71.06|021|128|617 857
Lowell|MA|42.63|-71.32|018|128|978 351
Framingham|MA|42.28|-71.42|017|128|508 774
Waltham|MA|42.38|-71.24|024|128|781 339
Springfield|MA|42.10|-72.59|011|126|413
Detroit|MI|42.33|-83.05|482|340|313 679
Grand Rapids|MI|42.96|-85.67|495|348|616
Ann Arbor|MI|42.28|-83.74|481|340|734
Troy|MI|42.61|-83.15|480|340|248 947
Warren|MI|42.51|-83.01|480|340|586
Flint|MI|43.01|-83.69|485|340|810
Lansing|MI|42.73|-84.56|489|346|517
Kalamazoo|MI|42.29|-85.59|490|348|269
Saginaw|MI|43.42|-83.95|486|344|989
Traverse City|MI|44.76|-85.62|496|348|231
Marquette|MI|46.54|-87.40|498|342|906
Minneapolis|MN|44.98|-93.27|554|628|612
St. Paul|MN|44.95|-93.09|551|628|651
Bloomington|MN|44.84|-93.30|554|628|952
Brooklyn Park|MN|45.09|-93.36|554|628|763
Duluth|MN|46.79|-92.10|558|624|218
Rochester|MN|44.02|-92.47|559|620|507 924
St. Cloud|MN|45.56|-94.16|563|626|320
Jackson|MS|32.30|-90.18|392|482|601 769
Gulfport|MS|30.37|-89.09|395|484|228
Tupelo|MS|34.26|-88.70|388|482|662
St. Louis|MO|38.63|-90.20|631|520|314 557
Kansas City|MO|39.10|-94.58|641|524|816 975
Springfield|MO|37.21|-93.29|658|522|417
Columbia|MO|38.95|-92.33|652|521|573 235
St. Charles|MO|38.78|-90.48|633|520|636
Billings|MT|45.78|-108.50|591|650|406
Omaha|NE|41.26|-95.93|681|644|402 531
Grand Island|NE|40.92|-98.34|688|646|308
Las Vegas|NV|36.17|-115.14|891|721|702 725
Reno|NV|39.53|-119.81|895|720|775
Manchester|NH|42.99|-71.45|031|122|603
Newark|NJ|40.74|-74.17|071|224|973 862
Jersey City|NJ|40.73|-74.08|073|224|201 551
New Brunswick|NJ|40.49|-74.45|089|224|732 848
Elizabeth|NJ|40.66|-74.21|072|224|908
Trenton|NJ|40.22|-74.76|086|222|609 640
Camden|NJ|39.93|-75.12|081|222|856
Albuquerque|NM|35.08|-106.65|871|664|505
Las Cruces|NM|32.31|-106.78|880|664|575
New York|NY|40.71|-74.01|100|132|212 332 646 917
Brooklyn|NY|40.65|-73.95|112|132|718 347 929 465
Hempstead|NY|40.71|-73.62|115|132|516 363
Huntington|NY|40.87|-73.43|117|132|631 934
Yonkers|NY|40.93|-73.90|107|132|914
Poughkeepsie|NY|41.70|-73.92|126|133|845
Albany|NY|42.65|-73.75|122|134|518 838
Syracuse|NY|43.05|-76.15|132|136|315 680
Rochester|NY|43.16|-77.61|146|974|585
Buffalo|NY|42.89|-78.88|142|140|716 624
Binghamton|NY|42.10|-75.92|139|138|607
Charlotte|NC|35.23|-80.84|282|422|704 980
Raleigh|NC|35.78|-78.64|276|426|919 984
Greensboro|NC|36.07|-79.79|274|424|336 743
Fayetteville|NC|35.05|-78.88|283|949|910 472
Asheville|NC|35.60|-82.55|288|420|828
Greenville|NC|35.61|-77.37|278|951|252
Fargo|ND|46.88|-96.79|581|636|701
Cleveland|OH|41.50|-81.69|441|320|216
Columbus|OH|39.96|-83.00|432|324|614 380
Cincinnati|OH|39.10|-84.51|452|922|513 283
Toledo|OH|41.65|-83.54|436|326|419 567
Akron|OH|41.08|-81.52|443|325|330 234
Dayton|OH|39.76|-84.19|454|328|937 326
Lorain|OH|41.45|-82.18|440|320|440 436
Newark|OH|40.06|-82.40|430|324|740 220
Oklahoma City|OK|35.47|-97.52|731|536|405 572
Tulsa|OK|36.15|-95.99|741|538|918 539
Lawton|OK|34.61|-98.39|735|536|580
Portland|OR|45.52|-122.68|972|672|503 971
Eugene|OR|44.05|-123.09|974|670|541 458
Philadelphia|PA|39.95|-75.17|191|228|215 267 445
Chester|PA|39.85|-75.36|190|228|610 484 835
Pittsburgh|PA|40.44|-80.00|152|234|412
Greensburg|PA|40.30|-79.54|156|234|724 878
Harrisburg|PA|40.27|-76.88|171|226|717 223
Scranton|PA|41.41|-75.66|185|232|570 272
Erie|PA|42.13|-80.09|165|924|814 582
Providence|RI|41.82|-71.41|029|130|401
Charleston|SC|32.78|-79.93|294|436|843 854
Columbia|SC|34.00|-81.03|292|434|803 839
Greenville|SC|34.85|-82.39|296|430|864 821
Sioux Falls|SD|43.55|-96.73|571|640|605
Nashville|TN|36.16|-86.78|372|470|615 629
Memphis|TN|35.15|-90.05|381|468|901
Knoxville|TN|35.96|-83.92|379|474|865
Chattanooga|TN|35.05|-85.31|374|472|423
Jackson|TN|35.61|-88.81|383|468|731
Clarksville|TN|36.53|-87.36|370|470|931
Houston|TX|29.76|-95.37|770|560|713 281 832 346 621
Galveston|TX|29.30|-94.80|775|560|409
Dallas|TX|32.78|-96.80|752|552|214 469 972 945
Fort Worth|TX|32.76|-97.33|761|552|817 682
Austin|TX|30.27|-97.74|787|558|512 737
San Antonio|TX|29.42|-98.49|782|566|210 726
El Paso|TX|31.76|-106.49|799|540|915
Corpus Christi|TX|27.80|-97.40|784|564|361
Lubbock|TX|33.58|-101.86|794|544|806
Waco|TX|31.55|-97.15|767|556|254
Tyler|TX|32.35|-95.30|757|554|903 430
Laredo|TX|27.51|-99.51|780|568|956
Midland|TX|32.00|-102.08|797|542|432
Abilene|TX|32.45|-99.73|796|550|325
Wichita Falls|TX|33.91|-98.49|763|548|940
College Station|TX|30.63|-96.33|778|570|979
Conroe|TX|30.31|-95.46|773|560|936
New Braunfels|TX|29.70|-98.12|781|566|830
Salt Lake City|UT|40.76|-111.89|841|660|801 385
St. George|UT|37.10|-113.58|847|660|435
Burlington|VT|44.48|-73.21|054|124|802
Arlington|VA|38.88|-77.10|222|236|703 571
Richmond|VA|37.54|-77.44|232|248|804 686
Norfolk|VA|36.85|-76.29|235|252|757 948
Roanoke|VA|37.27|-79.94|240|244|540 826
Charlottesville|VA|38.03|-78.48|229|246|434
Bristol|VA|36.60|-82.19|242|956|276
Seattle|WA|47.61|-122.33|981|674|206
Bellevue|WA|47.61|-122.20|980|674|425
Tacoma|WA|47.25|-122.44|984|674|253
Vancouver|WA|45.64|-122.66|986|672|360 564
Spokane|WA|47.66|-117.43|992|676|509
Charleston|WV|38.35|-81.63|253|932|304 681
Milwaukee|WI|43.04|-87.91|532|356|414
Madison|WI|43.07|-89.40|537|354|608 353
Waukesha|WI|43.01|-88.23|531|356|262
Green Bay|WI|44.51|-88.01|543|350|920 274
Eau Claire|WI|44.81|-91.50|547|352|715 534
Cheyenne|WY|41.14|-104.82|820|654|307
Toronto|ON|43.65|-79.38|M5|888|416 647 437 942
Mississauga|ON|43.59|-79.64|L5|888|905 289 365 742
Ottawa|ON|45.42|-75.70|K1|888|613 343 753
London|ON|42.98|-81.25|N6|888|519 226 548 382
Sudbury|ON|46.49|-81.00|P3|888|705 249 683
Thunder Bay|ON|48.38|-89.25|P7|888|807
Montreal|QC|45.50|-73.57|H3|888|514 438 263
Longueuil|QC|45.53|-73.52|J4|888|450 579 354
Quebec|QC|46.81|-71.21|G1|888|418 581 367
Sherbrooke|QC|45.40|-71.89|J1|888|819 873 468
Vancouver|BC|49.28|-123.12|V6|888|604 778 236 672 257
Victoria|BC|48.43|-123.37|V8|888|250
Calgary|AB|51.05|-114.07|T2|888|403 587 825 368
Edmonton|AB|53.55|-113.49|T5|888|780
Regina|SK|50.45|-104.61|S4|888|306 639 474
Winnipeg|MB|49.90|-97.14|R3|888|204 431 584
Halifax|NS|44.65|-63.58|B3|888|902 782
Fredericton|NB|45.96|-66.64|E3|888|506 428
St. John's|NL|47.56|-52.71|A1|888|709 879
Whitehorse|YT|60.72|-135.06|Y1|888|867
"""


@cache
def cities_by_area_code() -> dict[str, City]:
    """The main city of each area code."""
    found = {}
    for line in TABLE.strip().splitlines():
        name, region, latitude, longitude, postal_prefix, lata, codes = line.split("|")
        city = City(name, region, float(latitude), float(longitude), postal_prefix, lata or None)
        found.update(dict.fromkeys(codes.split(), city))
    return found


@cache
def cities_by_name() -> dict[tuple[str, str], City]:
    """The same cities by name and region."""
    return {(city.name, city.region): city for city in cities_by_area_code().values()}
