/** A socket without a network: tests say what the server sends and read what the page asked. */
type Handler = (...given: unknown[]) => void;

export class FakeSocket {
  connected = false;
  /** Whether it tries to connect by itself, as Socket.IO's does until the server refuses it. */
  active = false;
  asked: string[] = [];
  private readonly handlers = new Map<string, Handler[]>();
  private pending: ((error: unknown) => void)[] = [];

  on(event: string, handler: Handler): this {
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), handler]);
    return this;
  }

  connect(): this {
    this.active = true;
    this.asked.push("connect");
    return this;
  }

  disconnect(): this {
    this.active = false;
    return this;
  }

  close(): void {
    this.connected = false;
    this.active = false;
  }

  emit(event: string): void {
    this.asked.push(event);
  }

  timeout(): { emit: (event: string, answer: (error: unknown) => void) => void } {
    return {
      emit: (event, answer) => {
        this.asked.push(event);
        this.pending.push(answer);
      },
    };
  }

  /** Answer the probes that are under way, with an error where none came in time. */
  answerProbes(error: unknown = null): void {
    for (const answer of this.pending.splice(0)) answer(error);
  }

  /** Let something arrive from the server. */
  arrive(event: string, ...given: unknown[]): void {
    if (event === "connect") this.connected = true;
    if (event === "disconnect") this.connected = false;
    for (const handler of this.handlers.get(event) ?? []) handler(...given);
  }

  count(event: string): number {
    return this.asked.filter((each) => each === event).length;
  }
}
