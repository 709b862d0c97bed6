// Microphone -> PCM16, 24 kHz, mono, 20 ms a message. The context runs at 24 kHz where the browser lets a microphone into such
// a context; elsewhere the samples are brought to 24 kHz here.
class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ratio = sampleRate / 24000;
    this.frame = new Int16Array(480);
    this.filled = 0;
    this.position = 0;
    this.last = 0;
    this.peak = 0;
  }

  push(sample) {
    const clipped = Math.max(-1, Math.min(1, sample));
    this.peak = Math.max(this.peak, Math.abs(clipped));
    this.frame[this.filled++] = clipped < 0 ? clipped * 32768 : clipped * 32767;
    if (this.filled < this.frame.length) return;
    const buffer = this.frame.buffer;
    this.port.postMessage({ audio: buffer, peak: this.peak }, [buffer]);
    this.frame = new Int16Array(480);
    this.filled = 0;
    this.peak = 0;
  }

  process(inputs) {
    const input = inputs[0][0];
    if (!input) return true;
    if (this.ratio === 1) {
      for (const sample of input) this.push(sample);
      return true;
    }
    for (const sample of input) {
      // Straight lines between the samples; what is above 12 kHz was filtered before.
      while (this.position < 1) {
        this.push(this.last + (sample - this.last) * this.position);
        this.position += this.ratio;
      }
      this.position -= 1;
      this.last = sample;
    }
    return true;
  }
}
registerProcessor("voicebridge-capture", Capture);
