// The talk page: microphone -> gateway -> loudspeaker. Binary messages are PCM16, 24 kHz, mono, both ways; text messages are JSON.
const RATE = 24000;
const worklet = name => new URL(name, import.meta.url).href;

export class Talk {
  constructor(page, levels) {
    this.page = page;
    this.levels = levels;
    this.sentFrames = 0;
    this.receivedBytes = 0;
    this.playedSamples = 0;
    this.queuedSamples = 0;
    this.loudestPlayed = 0;
    window.voiceBridgeTalk = this;
  }

  async start(url) {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      throw new Error(error.name === "NotAllowedError" ? "The browser was not allowed to use the microphone." : "There is no microphone that can be used.");
    }
    this.output = new AudioContext({ sampleRate: RATE });
    await this.output.audioWorklet.addModule(worklet("playback-worklet.js"));
    this.player = new AudioWorkletNode(this.output, "voicebridge-playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.player.connect(this.output.destination);
    this.player.port.onmessage = ({ data }) => {
      this.playedSamples = data.played;
      this.queuedSamples = data.queued;
      this.loudestPlayed = Math.max(this.loudestPlayed, data.peak);
      this.show("agent", data.peak);
    };
    await this.output.resume();
    await this.listen();
    await this.connect(url);
  }

  async listen() {
    try {
      this.input = new AudioContext({ sampleRate: RATE });
      this.source = this.input.createMediaStreamSource(this.stream);
    } catch {
      // Firefox lets a microphone only into a context of the microphone's own rate.
      await this.input?.close();
      this.input = new AudioContext();
      this.source = this.input.createMediaStreamSource(this.stream);
    }
    await this.input.audioWorklet.addModule(worklet("capture-worklet.js"));
    this.recorder = new AudioWorkletNode(this.input, "voicebridge-capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.recorder.port.onmessage = ({ data }) => this.send(data);
    const filter = new BiquadFilterNode(this.input, { type: "lowpass", frequency: Math.min(11000, this.input.sampleRate / 2) });
    this.source.connect(filter).connect(this.recorder);
    await this.input.resume();
  }

  connect(url) {
    return new Promise((resolve, reject) => {
      this.socket = new WebSocket(url);
      this.socket.binaryType = "arraybuffer";
      const patience = setTimeout(() => reject(new Error("The gateway did not answer.")), 10000);
      this.socket.onopen = () => {
        clearTimeout(patience);
        this.opened = true;
        resolve();
      };
      this.socket.onmessage = message => this.receive(message.data);
      this.socket.onclose = event => {
        clearTimeout(patience);
        if (!this.opened) reject(new Error("No gateway took the conversation: all may be full or draining."));
        else this.finish(this.endedBecause || event.reason || "");
      };
    });
  }

  send({ audio, peak }) {
    this.show("caller", this.muted ? 0 : peak);
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    // A second of sound that could not be sent is worth nothing any more.
    if (this.socket.bufferedAmount > RATE * 2) return;
    // Muted is silence, not nothing: turn detection needs the frames.
    this.socket.send(this.muted ? new ArrayBuffer(audio.byteLength) : audio);
    this.sentFrames++;
  }

  receive(data) {
    if (data instanceof ArrayBuffer) {
      this.receivedBytes += data.byteLength;
      if (data.byteLength % 2 === 0 && data.byteLength > 0 && !this.isStillOfTheInterrupted()) this.player.port.postMessage({ audio: data }, [data]);
      return;
    }
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    if (event.type === "stop_audio") this.clear();
    if (event.type === "ended") this.endedBecause = event.reason;
    this.page.invokeMethodAsync("OnMediaEvent", data).catch(() => { });
  }

  clear() {
    this.cleared = (this.cleared ?? 0) + 1;
    this.player.port.postMessage({ clear: true });
  }

  // The agent's answer comes faster than it is played: what is here is thrown away, and what still arrives of it, too.
  interrupt() {
    this.clear();
    this.interruptedAt = performance.now();
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "interrupt" }));
  }

  isStillOfTheInterrupted() {
    if (this.interruptedAt === undefined) return false;
    const now = performance.now();
    if (now - this.interruptedAt > 400) {
      this.interruptedAt = undefined;
      return false;
    }
    this.interruptedAt = now;
    return true;
  }

  mute(muted) {
    this.muted = muted;
  }

  show(who, peak) {
    const element = this.levels[who];
    if (!element) return;
    // -60 dB to 0 dB, falling slowly as on a meter.
    const level = peak > 0.001 ? Math.max(0, 1 + 20 * Math.log10(peak) / 60) : 0;
    const shown = Math.max(level, (element.level ?? 0) - 0.04);
    element.level = shown;
    element.style.width = `${Math.round(shown * 100)}%`;
  }

  finish(reason) {
    if (this.finished) return;
    this.stop();
    this.page.invokeMethodAsync("OnClosed", reason).catch(() => { });
  }

  stop() {
    this.finished = true;
    this.stream?.getTracks().forEach(track => track.stop());
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "hangup" }));
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) this.socket.close(1000);
    this.input?.close().catch(() => { });
    this.output?.close().catch(() => { });
    this.show("caller", 0);
    this.show("agent", 0);
  }
}

export const create = (page, caller, agent) => new Talk(page, { caller, agent });
