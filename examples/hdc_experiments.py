"""The three experiments with which Wang et al. (WACV 2018) explain gridding: rates 2,2,2, then 1,2,3, then 1,1,1.

All three have three 3x3 layers. The first two see 13x13 pixels, but only the second reads all of them.
"""

import rfscope as rf

for rates in ("2,2,2", "1,2,3", "1,1,1"):
    analysis = rf.analyze(rates)
    coverage = analysis.output.coverage
    schedule = analysis.schedules[0]
    print(f"{rates}: sees {coverage.size[0]}x{coverage.size[1]}, reads {coverage.used} of {coverage.pixels} pixels")
    print(f"  published distance rule: {'holds' if schedule.m2_ok else 'fails'}, really: {coverage.holes} holes")
    if coverage.holes:
        print(f"  write {','.join(map(str, schedule.repair.repaired))} instead")
