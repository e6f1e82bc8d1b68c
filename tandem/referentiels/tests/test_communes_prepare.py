import io
import json
import lzma
import tarfile
from pathlib import Path

from django.core.management import call_command

from tandem.referentiels.management.commands.communes_prepare import MEMBER

ROWS = [
    {"code": "01015", "nom": "Arbignieu", "type": "commune-deleguee"},
    {
        "code": "01015",
        "nom": "Arboys en Bugey",
        "type": "commune-actuelle",
        "codesPostaux": ["01300"],
    },
    {
        "code": "01001",
        "nom": "L'Abergement-Clémenciat",
        "type": "commune-actuelle",
        "codesPostaux": ["01400"],
    },
]


class TestCommunesPrepare:
    def test_keeps_one_line_per_code_the_present_one_first(self, tmp_path: Path) -> None:
        archive = tmp_path / "package.tgz"
        content = json.dumps(ROWS).encode()
        with tarfile.open(archive, "w:gz") as package:
            member = tarfile.TarInfo(MEMBER)
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))

        call_command("communes_prepare", archive, out=tmp_path / "out.xz", stdout=io.StringIO())

        assert lzma.decompress((tmp_path / "out.xz").read_bytes()).decode().splitlines() == [
            "01001\tL’Abergement-Clémenciat\t01400\t1",
            "01015\tArboys en Bugey\t01300\t1",
        ]
