#!/usr/bin/env bash
# Makes the recordings that callers hear when the agent cannot speak (VoiceBridge.MediaGateway/Audio/Recordings): G.711 µ-law, 8 kHz, mono, synthesised by
# espeak-ng (apt-get install espeak-ng); working.en is two soft tones, for all languages. Replace them
# by recordings of a person where one is at hand: ffmpeg -i in.wav -ar 8000 -ac 1 -f mulaw out.ulaw
set -eu
cd "$(dirname "$0")/../VoiceBridge.MediaGateway/Audio/Recordings"
ulaw='def ulaw(s):
    sign, s = (0x80, -s) if s < 0 else (0, s)
    s = min(s, 32635) + 0x84
    exponent = max(0, s.bit_length() - 8)
    return ~(sign | exponent << 4 | s >> exponent + 3 & 15) & 255'
say() { espeak-ng -v "$2" -s 150 --stdout "$3" | python3 -c "$ulaw"'
import struct, sys
data = sys.stdin.buffer.read()
at = data.find(b"data")
rate = struct.unpack("<I", data[24:28])[0]
samples = struct.unpack("<%dh" % ((len(data) - at - 8) // 2), data[at + 8:at + 8 + (len(data) - at - 8) // 2 * 2])
step, out, i = rate / 8000, bytearray(), 0
while int((i + 1) * step) < len(samples):
    part = samples[int(i * step):max(int(i * step) + 1, int((i + 1) * step))]
    out.append(ulaw(sum(part) // len(part)))
    i += 1
out += bytes([ulaw(0)]) * (-len(out) % 160)
sys.stdout.buffer.write(out)' >"$1.ulaw"; }
both() { say "apology.$1" "$2" "$3"; say "hold.$1" "$2" "$4"; }
both en en-us "I am sorry, there is a technical problem. Please wait, or call again later." "One moment, please."
both de de "Es tut mir leid, es gibt ein technisches Problem. Bitte warten Sie, oder rufen Sie später noch einmal an." "Einen Moment, bitte."
both fr fr "Je suis désolé, il y a un problème technique. Veuillez patienter, ou rappeler plus tard." "Un instant, s'il vous plaît."
both es es "Lo siento, hay un problema técnico. Espere, por favor, o vuelva a llamar más tarde." "Un momento, por favor."
both it it "Mi dispiace, c'è un problema tecnico. Attenda, per favore, o richiami più tardi." "Un momento, per favore."
both pt pt "Desculpe, há um problema técnico. Aguarde, por favor, ou ligue mais tarde." "Um momento, por favor."
both nl nl "Het spijt me, er is een technisch probleem. Wacht u alstublieft, of belt u later terug." "Een ogenblik, alstublieft."
both pl pl "Przepraszam, wystąpił problem techniczny. Proszę czekać lub zadzwonić później." "Chwileczkę, proszę."
python3 -c "$ulaw"'
import math, sys
def tone(hertz, ms, loud=400):
    return [loud * math.sin(math.pi * i / (8 * ms)) * math.sin(2 * math.pi * hertz * i / 8000) for i in range(8 * ms)]
sound = tone(523, 160) + tone(0, 60) + tone(659, 160)
sys.stdout.buffer.write(bytes(ulaw(int(s)) for s in sound))' >working.en.ulaw
