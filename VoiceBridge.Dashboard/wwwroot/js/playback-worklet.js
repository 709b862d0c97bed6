// A queue of PCM16 24 kHz, played as it comes and emptied at once when the caller interrupts.
class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.queue = [];
    this.offset = 0;
    this.step = 24000 / sampleRate;
    this.played = 0;
    this.peak = 0;
    this.quanta = 0;
    this.port.onmessage = ({ data }) => {
      if (data.clear) {
        this.queue = [];
        this.offset = 0;
      } else {
        this.queue.push(new Int16Array(data.audio));
      }
    };
  }

  process(_, outputs) {
    const output = outputs[0][0];
    for (let i = 0; i < output.length; i++) {
      const chunk = this.queue[0];
      if (!chunk) {
        output[i] = 0;
        continue;
      }
      const sample = chunk[Math.floor(this.offset)] / 32768;
      output[i] = sample;
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.played += this.step;
      this.offset += this.step;
      while (this.queue.length > 0 && this.offset >= this.queue[0].length) {
        this.offset -= this.queue.shift().length;
        if (this.queue.length === 0) this.offset = 0;
      }
    }
    if (++this.quanta % 10 === 0) {
      let waiting = -this.offset;
      for (const chunk of this.queue) waiting += chunk.length;
      this.port.postMessage({ played: Math.round(this.played), queued: Math.max(0, Math.round(waiting)), peak: this.peak });
      this.peak = 0;
    }
    return true;
  }
}
registerProcessor("voicebridge-playback", Playback);
