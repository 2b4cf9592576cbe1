"""The demonstration: a first slice of 上虞 in January and February 2019, made by actions alone (`scenario.build_demo`).

People, firms, numbers and problem texts are invented; public bodies and places keep their names.

    story, texts_*   invented problems
    meeting_texts    the nineteen items of 章镇
    cast             who serves where, and who may log in
    courses, stage   how each problem goes, act by act, on a clock that is passed in
    scenario         everything together
"""
